@laboratory
Feature: Replicas announce together

  Background:
    Given two replicas of the service run

  @E4 @beyond
  Rule: What one replica has announced no other announces again

    Scenario: Many changes at once, through two replicas
      When the teacher creates 60 classes at once, through both replicas
      Then each of these classes is announced once

    Scenario: Announcements that have piled up while Kafka was away
      Given Kafka cannot be reached
      When the teacher creates 60 classes at once, through both replicas, and Kafka comes back
      Then each of these classes is announced once

    Scenario: One replica has announced and not noted it yet while the other one looks
      Given somebody else keeps the service from noting what it has announced
      When the teacher creates 4 classes at once, through both replicas, and what is announced can be noted a bit later
      Then each of these classes is announced once
