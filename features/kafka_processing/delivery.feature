Feature: Messages are understood, answered for, and acknowledged in order

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P2 @core
  Rule: Both names of the event are understood, and events of another type are left alone

    Scenario Outline: An event under its <name> is processed
      When the NLP service suggests for "Autumn essays" with an event with its <name>
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed

      Examples:
        | name      |
        | full name |
        | bare name |

    Scenario: A foreign event on the topic changes nothing and holds nothing up
      When the NLP service suggests for "Autumn essays" with an event of a foreign type
      Then nothing more is stored
      And the event was passed over, leaving neither a record nor a dead letter
      And the log tells of the event under its correlation id

  @P8 @core
  Rule: A message that was processed is remembered, then acknowledged

    Scenario: A stored batch is remembered and acknowledged
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed

    Scenario: A batch that is already associated counts as processed
      Given the suggestions for "Autumn essays" have been stored
      When the NLP service publishes the suggestions for "Autumn essays" as a new event
      Then nothing more is stored
      And the event counts as processed

    Scenario: Nothing is acknowledged before it is stored
      Given the class "8B" is being edited by somebody else
      When the NLP service suggests for "Autumn essays"
      Then the event is neither stored nor acknowledged while the service is at work
      And the suggestions are stored for "Autumn essays" once the edit is finished

  @P8 @core
  Rule: However much waits, nothing of it is left behind

    Scenario: More waits than the service has room for
      Given the class "8B" is being edited by somebody else
      And 24 events that are as large as Kafka takes them wait for that edit to end
      When the edit is finished
      Then every essay is stored

  @P9 @core
  Rule: Everything logged about an event carries its correlation id

    Scenario: The log lines about an event can be found by its correlation id
      When the NLP service suggests for "Autumn essays":
        | essay        | student      |
        | My summer    | Elsa Lind    |
        | The sea      | Nobody Atall |
        | essay, no id | Omar Said    |
      Then the event counts as processed
      And every log line about the event carries its correlation id

  @P14 @core
  Rule: The way a message is dressed makes no difference

    Scenario Outline: An event <dressed> is processed like any other
      When the NLP service suggests for "Autumn essays" with an event <dressed>
      Then the suggestions are stored for "Autumn essays"
      And the times stored are the service's own
      And the event is on record as completed, for 24 hours

      Examples:
        | dressed                                     |
        | without its optional fields                 |
        | without headers                             |
        | with fields that nobody knows               |
        | from a clock ten years ahead, in Kathmandu  |
        | from a clock a day behind, in Vancouver     |
        | with a time to the nanosecond               |
        | with names in Arabic, Chinese and emoji     |
        | with its ids in upper case                  |
        | from another source                         |
