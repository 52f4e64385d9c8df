Feature: An event counts once, however often it is delivered

  Kafka delivers at least once. The service remembers which events it has processed, and where that memory
  ends, the database still keeps duplicates out.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @I1 @core
  Rule: The same event again changes nothing

    Scenario Outline: An event that arrives again <how> changes nothing
      Given the suggestions for "Autumn essays" have been stored
      When the same event is delivered again <how>
      Then nothing more is stored
      And the teacher finds the same suggestions for "Autumn essays"

      Examples:
        | how                     |
        | at once                 |
        | through another channel |
        | five times in a row     |

    Scenario: What was removed since does not come back
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.9        |
        | My summer | Omar Said | 0.4        |
      And the teacher has deleted the student "Elsa Lind"
      When the same event is delivered again at once
      Then nothing more is stored
      And the event counts as processed

    Scenario: Of two payloads under one id the first counts
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      When another payload is delivered under the same id:
        | essay     | student   |
        | My summer | Omar Said |
        | The sea   | Omar Said |
      Then nothing more is stored
      And the log warns of the conflict

    Scenario: Two payloads under one id are a conflict also where they suggest for the same essays
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      When another payload is delivered under the same id:
        | essay     | student   |
        | My summer | Omar Said |
      Then nothing more is stored
      And the log warns of the conflict

  @I2 @core
  Rule: The service remembers an event for a day, and while it is at work on it

    Scenario Outline: An event <dressed> is remembered for a day
      When the NLP service suggests for "Autumn essays" with an event <dressed>
      Then the suggestions are stored for "Autumn essays"
      And the event is on record as completed, for 24 hours

      Examples:
        | dressed                                  |
        | with headers                             |
        | without headers                          |
        | with its bare name                       |
        | without its optional fields              |
        | with its id, and no type, in its headers |
        | with another id in its headers           |

    Scenario: While the service is at work on an event it is on record, for five minutes
      Given the class "8B" is being edited by somebody else
      When the NLP service suggests for "Autumn essays"
      Then the event is on record as being processed, for 5 minutes
      And the event is on record as completed, for 24 hours, once the edit is finished

    Scenario: As long as the work on an event lasts, its five minutes begin anew
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When time passes until 100 seconds of the five minutes are left, and again once they have begun anew
      Then they begin anew each time, and the event is on record as being processed
      And the event is on record as completed, for 24 hours, once the edit is finished

  @I3 @core
  Rule: Another event is another event, whatever it holds

    Scenario: The same suggestions in a new event are looked at anew
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      When the NLP service suggests for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |

  @I5 @core
  Rule: When the memory of an event has lapsed, the database keeps duplicates out

    Scenario: A replay after the record has lapsed stores nothing twice
      Given the suggestions for "Autumn essays" have been stored
      And the record of the event has lapsed
      When the same event is delivered again at once
      Then nothing more is stored
      And the event counts as processed

  @I4 @core
  Rule: An event whose processing has failed for good can be processed when it comes again

    @P10
    Scenario: An event for a class that did not exist is processed once the class does
      Given the NLP service has suggested for "Autumn essays" in the class "9C", which nobody knows
      And the event has been set aside, and is no longer on record
      When the class "9C" is there after all, and the same event is delivered again
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed
