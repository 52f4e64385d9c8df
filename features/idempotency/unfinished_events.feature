@laboratory
Feature: What was begun and not finished is not taken for done

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"
    And the class "8B" is being edited by somebody else
    And the service is at work on the suggestions for "Autumn essays"

  @I7 @core
  Rule: An event that a dying process leaves half-way is processed after the restart

    @R4
    Scenario: Killed at work, the service stores after its restart what it was at work on
      Given the operator has killed the service
      And the event is on record as being processed, by nobody any more
      When the edit is finished and the operator starts the service
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed

  @I8 @beyond
  Rule: That happens at once, not only when the record of the dead process has lapsed

    Scenario: Killed at work, the service stores what it was at work on as soon as it is back
      Given the operator has killed the service
      And the event is on record as being processed, by nobody any more
      When the edit is finished and the operator starts the service
      Then the suggestions are stored for "Autumn essays" within 2 seconds of its joining the group

  @I4 @core
  Rule: An event that is given up at a stop can be processed again

    @L4
    Scenario: Work that cannot be finished at a stop is taken off the record
      Given the operator has told the service to stop, and it has given up
      And the event is no longer on record
      When the edit is finished and the operator starts the service
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed

  @I6 @core
  Rule: A record that lapses while the work goes on lets nothing be stored twice

    @R3
    Scenario: The record lapses unnoticed, for Redis hears nothing, and the event comes in once more
      Given Redis hears nothing
      And the record of the event has lapsed
      When the same event is delivered again through another channel
      Then the suggestions are stored for "Autumn essays" once the edit is finished
