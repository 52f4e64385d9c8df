@alone
Feature: The service goes on for as long as events come

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @N2 @core
  Rule: What the service needs does not grow with the number of events

    Scenario: After some thousand events the service needs no more than after the first thousand
      Given 1000 events have been processed
      When 3000 more are processed, 1000 at a time
      Then the service's memory has grown by less than 2048 bytes an event
      And its connections and threads have grown by at most 3 of a kind
