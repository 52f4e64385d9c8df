@laboratory
Feature: The service starts and stops in an orderly way

  Background:
    Given the service has just started
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @L1 @core
  Rule: A started service serves teachers and events

    Scenario: A fresh service answers, joins its group and processes its first event
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And the teacher finds the same suggestions for "Autumn essays"
      And the service says that it is healthy
      And it goes by its promised name in its consumer group

    Scenario: What was published before the service started is processed
      Given the operator has stopped the service
      And the NLP service has published suggestions for "Autumn essays"
      When the operator starts the service
      Then the suggestions are stored for "Autumn essays"

  @L4 @core
  Rule: A service that is told to stop finishes what it has in hand, and goes

    @L5
    Scenario Outline: On <signal> an idle service leaves in good order
      When the operator sends it <signal>
      Then the service ends within 8 seconds with exit code 0
      And its consumer group has no members
      And none of its connections to PostgreSQL, Kafka and Redis is left

      Examples:
        | signal  |
        | SIGTERM |
        | SIGINT  |

    Scenario Outline: On <signal> work in hand is finished and acknowledged
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays", and on renaming "8B" to "9B"
      When the operator sends it <signal>, and the edit is finished once the service takes nothing new
      Then the service ends within 8 seconds with exit code 0
      And the suggestions are stored for "Autumn essays"
      And the event counts as processed
      And "8B" was renamed to "9B", as the teacher was told

      Examples:
        | signal  |
        | SIGTERM |
        | SIGINT  |

    @P8 @P11 @L5
    Scenario: What cannot be finished is left for the next start
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the operator sends it SIGTERM
      Then the service ends within 8 seconds with exit code 0
      And none of its connections to PostgreSQL, Kafka and Redis is left
      And the event is neither stored nor acknowledged

    Scenario: A request that cannot be finished is not said to be done, and does not keep the service
      Given 2 changes of "8B" wait, each with a connection, until somebody else has finished an edit
      When the operator sends it SIGTERM
      Then the service ends within 8 seconds with exit code 0
      And no change was said to be made

    @R2
    Scenario Outline: Told to stop while Kafka <is away>, it ends in time all the same
      Given Kafka <is away>
      When the operator sends it SIGTERM
      Then the service ends within 8 seconds with exit code 0

      Examples:
        | is away           |
        | cannot be reached |
        | hangs             |

    @R1 @R3 @P8
    Scenario Outline: Told to stop when <so far>, it ends in time, and leaves it
      Given "Autumn essays" is on its way, with "Winter essays" behind it, and <so far>
      When the operator sends it SIGTERM
      Then the service ends within 8 seconds with exit code 0
      And neither batch is stored or acknowledged

      Examples:
        | so far                                              |
        | the event is read, and not on record                |
        | the event is on record, and nothing is being stored |
