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

  @E2 @core
  Rule: What waits is announced, also when the replica that was told of it is gone

    Scenario: A replica dies before Kafka has what it has to announce
      Given Kafka cannot be reached
      When the teacher creates the class "9A" through one of them, which is killed, and Kafka comes back
      Then exactly this is announced within 5 seconds of its return, repeats apart:
        | announcement            | class | called |
        | class created           | 9A    | 9A     |
        | teacher told of a class | 9A    |        |
