@laboratory
Feature: Dead letters are kept, whatever it takes, until an operator sends them on their way again

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P10 @beyond @needs.replay_dead_letters
  Rule: A dead letter whose cause was mended is processed like any other event

    Scenario: What can be processed by now is stored, and what still cannot is a dead letter again
      Given the NLP service has suggested for "Autumn essays" in the class "9C", which nobody knows
      And the NLP service has suggested for "Winter essays" in the class "9D", which nobody knows
      And both "Autumn essays" and "Winter essays" are dead letters
      When the class "9C" is there after all, and the operator has the dead letters replayed
      Then the suggestions for "Autumn essays" are stored and on record, and it is no dead letter once more
      And "Winter essays" is a dead letter once more, as it came
      And no associations are stored for "Winter essays"

  @P10 @beyond
  Rule: Until a dead letter is kept its event waits

    Scenario: No dead letter can be kept for a while
      Given the suggestions for "Winter essays" have been stored
      And no dead letter can be kept
      And the NLP service has suggested for "Autumn essays" with an event that breaks off
      And the service has tried in vain, and the event is neither stored nor acknowledged
      When dead letters can be kept again
      Then the event is kept as a dead letter, as it came
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored
