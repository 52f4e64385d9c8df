Feature: A message that can never be processed is kept, and stops nobody

  What nobody can make sense of is no reason to stand still, and none to forget it: it is put aside as it came, with
  where it came from, so that an operator can look at it.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P10 @beyond
  Rule: What can never be processed is a dead letter before it counts as dealt with

    Scenario: An event of a version that nobody knows is put aside
      When the NLP service suggests for "Autumn essays" with an event of a version that nobody knows
      Then the event is kept as a dead letter, as it came
      And no associations are stored for "Autumn essays"
