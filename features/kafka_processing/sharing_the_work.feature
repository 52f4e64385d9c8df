@laboratory
Feature: Replicas of the service share the work

  Background:
    Given two replicas of the service run
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P13 @beyond
  Rule: Several channels and replicas share the work, and together they store each essay once

    @D6
    Scenario: Two replicas at work on events about the same essays, in opposite order
      Given somebody else is just storing "Elsa Lind" for "The sea" in "8B"
      When the NLP service suggests in two events at once, one for each replica, the second in reverse order:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
        | Freedom   | Elsa Lind |
      Then of both together exactly these associations are stored once the other gives up:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
        | Freedom   | Elsa Lind |
      And no deadlock had to be resolved
      And both replicas have channels of their own
