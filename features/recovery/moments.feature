@laboratory
Feature: Whatever the service had come to when it died, or a word was lost, each essay is stored once

  Between reading an event and acknowledging it the service speaks with Redis, PostgreSQL, Redis and Kafka, in this
  order. It is held up there from outside: one of them does not hear it, while another one shows how far it has come.

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @R4 @core @P8 @I7
  Rule: Killed at any moment between reading and acknowledging, the service does after its restart what was missing

    Scenario Outline: Killed when <so far>
      Given "Autumn essays" is on its way, with "Winter essays" behind it, and <so far>
      When the service is killed at this moment, and started again
      Then both batches are stored, each once, on record and acknowledged
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

      Examples:
        | so far                                                   |
        | the event is read, and not on record                     |
        | the event is on record, and nothing is being stored      |
        | the batch is being stored, and not committed             |
        | the batch is stored, and the event not on record as done |
        | the event is on record as done, and not acknowledged     |

  @R3 @core
  Rule: A word lost between the service and Redis loses no event, and doubles none

    Redis has heard the service, or it has not: the service cannot know. Both ways it goes on, and what Redis took for
    begun is not taken for done when the event comes again.

    Scenario Outline: When the service says to Redis that it <says>, <what> is lost
      Given "Autumn essays" has been stored, though when the service said that it <says> <what> was lost
      When the same event is delivered again at once
      Then nothing more is stored
      And the event counts as processed

      Examples:
        | says    | what             |
        | begins  | the word         |
        | begins  | the answer to it |
        | is done | the word         |
        | is done | the answer to it |

    Scenario: What Redis has heard is said to it once more, for its answer was lost with the connection
      When the service says to Redis that it begins "Autumn essays", and the answer is lost with its connection
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R1 @core
  Rule: When it cannot be known whether a commit took effect, it is looked up, not assumed

    Scenario Outline: When the service commits, <what> is lost
      When the service commits "Autumn essays", and <what> gets lost
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

      Examples:
        | what             |
        | the word         |
        | the answer to it |
