Feature: A message that can never be processed is kept, and stops nobody

  What nobody can make sense of is no reason to stand still, and none to forget it: it is put aside as it came, with
  where it came from, so that an operator can look at it.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P10 @beyond
  Rule: What can never be processed is a dead letter before it counts as dealt with

    Scenario Outline: An event <spoilt> is put aside, because <of this>
      When the NLP service suggests for "Autumn essays" with an event <spoilt>
      Then the event is kept as a dead letter, as it came
      And no associations are stored for "Autumn essays"
      And what comes in next is stored, too

      Examples:
        | spoilt                                   | of this                                  |
        | that is empty                            | there is nothing to read                 |
        | that is not UTF-8                        | its bytes are not the promised text      |
        | that breaks off                          | it is not JSON                           |
        | that is packed in a list                 | it is JSON, but no envelope              |
        | that does not say what it is             | its envelope lacks a required field      |
        | of a version that nobody knows           | what it says may mean something else     |
        | without the name of a file               | its data lack a required field           |
        | with a score in quotes                   | a field of its data is of the wrong type |
        | with a score above 1                     | a field of its data is out of range      |
        | with no essay that has an id             | every essay of it is impossible          |
        | with a score above 1, and no headers     | only its envelope says which event it is |
        | with a score above 1, and a header twice | its headers do not make it any better    |

    Scenario: The class is deleted while its batch is being stored
      Given the class "8B" is just being deleted
      And the NLP service has published suggestions for "Autumn essays"
      When the deletion is finished while the service is at work
      Then the event is kept as a dead letter, as it came
      And no associations are stored for "Autumn essays"
      And what comes in next is stored, too

    Scenario: An event that has room for nothing more is put aside without a word of why, and holds nobody up
      Given the NLP service has suggested for "Winter essays" with an event that breaks off
      And the NLP service has suggested for "Spring essays" with an event that is noise, as large as can be
      And the NLP service has suggested for "Summer essays" with an event that breaks off
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And "Winter essays", "Spring essays" and "Summer essays" are dead letters
