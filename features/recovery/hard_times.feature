@laboratory
Feature: Hard times lose nothing and double nothing

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @R1 @core
  Rule: PostgreSQL may go and come back faster than the service can tell

    Scenario: PostgreSQL flaps, in changing ways
      When suggestions come in while PostgreSQL flaps 6 times, in changing ways
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R2 @core
  Rule: Kafka may go and come back faster than the service can tell

    Scenario: Kafka flaps, in changing ways
      When suggestions come in while Kafka flaps 6 times, in changing ways
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R3 @core
  Rule: Redis may go and come back as fast, and may have heard what it could not answer

    Scenario: Redis flaps, in changing ways
      When suggestions come in while Redis flaps 6 times, in changing ways
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @P11 @core
  Rule: Whatever goes, and whatever has not come back yet, no event is passed that has had no effect

    When everything flaps, what is lost is no fault of one of them alone.

    Scenario: Everything flaps, in changing order
      When suggestions come in while everything flaps 4 times, in changing order
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R1 @R2 @R3 @core
  Rule: All that it depends on may go at once

    Scenario: No host name is known for a while
      When suggestions come in while no host name is known, and all have to connect anew
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R4 @core
  Rule: The service may die as often as it likes, and get little

    Scenario: The service is killed and started ten times in a row
      When suggestions come in while the service is killed and started 10 times in a row
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: The kernel kills the service for want of memory
      When suggestions come in while the service is killed for want of memory
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: The service gets a tenth of a CPU
      Given the service gets a tenth of a CPU
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed
