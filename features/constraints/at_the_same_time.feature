@alone
Feature: Whoever stores at the same time neither blocks the other nor doubles anything

  Events come through several channels and are handled at the same time, while teachers go on with their work.
  A deadlock surfaces when PostgreSQL has to end somebody's transaction: the work in it is lost, and a second with it.
  How many events a process takes up at the same time is its own affair; what comes of them is not.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @D6 @core
  Rule: Events about the same essays, in whatever order, each store what is left to store

    Scenario: Two events about the same essays, in opposite order
      Given somebody else is just storing "Elsa Lind" for "The sea" in "8B"
      When the NLP service suggests in two events at once, the second in reverse order:
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

    Scenario: Many events about the same essays, while a teacher deletes a student
      Given another class "9A" with the student "Noor Vik"
      And the class "8B" is being edited by somebody else
      And 90 events about the same 30 essays wait, some of them in hand, forwards and backwards, for "8B" and "9A"
      When the edit is finished and the teacher deletes the student "Omar Said"
      Then each of these essays is stored once
      And no deadlock had to be resolved
