@laboratory
Feature: An event that reaches two replicas of the service counts once

  Background:
    Given two replicas of the service run
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @I8 @beyond
  Rule: What another replica really is at work on is waited for

    Scenario: The second delivery of an event waits until the first has had its effect
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the same event is delivered to the other replica, which has time to come to it
      Then neither delivery is acknowledged while the work goes on
      And the suggestions are stored for "Autumn essays" once the edit is finished
      And both deliveries are acknowledged

  @I9 @beyond
  Rule: Where the replicas cannot know of each other, the event takes effect once all the same

    Scenario: Two replicas store the same event at the same time while Redis is away
      Given Redis cannot be reached
      And somebody else is just storing "Elsa Lind" for "The sea" in "8B"
      When these suggestions for "Autumn essays" reach both replicas, and the other gives up once both are at work:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      And both deliveries are acknowledged
