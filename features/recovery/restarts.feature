@laboratory
Feature: The service can be killed, stopped and set back at any moment

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @R4 @core
  Rule: After a restart whatever was missed is processed, and nothing is doubled

    Scenario: What comes in while the service is dead is processed once it runs again
      Given these suggestions for "Winter essays" have been stored:
        | essay | student   |
        | Snow  | Elsa Lind |
      And the operator has killed the service
      And the NLP service has published suggestions for "Autumn essays"
      When the operator starts the service
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: A group that is set back, its events still remembered, does nothing again
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.9        |
        | My summer | Omar Said | 0.4        |
      And the teacher has deleted the student "Elsa Lind"
      And the operator has stopped the service
      And its group is set back to before "Autumn essays", the events still remembered
      When the operator starts the service
      Then nothing more is stored
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: A group that is set back, all events forgotten, stores nothing twice
      Given the suggestions for "Autumn essays" have been stored
      And the operator has stopped the service
      And its group is set back to before "Autumn essays", all events forgotten
      When the operator starts the service
      Then nothing more is stored
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored
