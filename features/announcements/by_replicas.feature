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
