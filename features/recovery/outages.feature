@laboratory
Feature: What the service depends on can go and come back

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @R1 @core
  Rule: PostgreSQL may go while events come in: nothing is lost, nothing doubled, and processing goes on by itself

    @P11
    Scenario Outline: PostgreSQL <goes> and comes back
      When suggestions come in before, while and after PostgreSQL <goes>
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

      Examples:
        | goes                   |
        | is killed              |
        | is stopped             |
        | hangs                  |
        | cannot be reached      |
        | is not heard           |
        | takes no changes       |
        | has no connection left |

    @P11
    Scenario: PostgreSQL has no room left on its disk, and gets some
      Given PostgreSQL has no room left on its disk
      And the NLP service has published suggestions for "Autumn essays"
      And the service has tried in vain, and the event is neither stored nor acknowledged
      When PostgreSQL is well again
      Then the suggestions are stored for "Autumn essays"
      And the event is no dead letter

    Scenario Outline: PostgreSQL <is impatient> while somebody stands in the way
      Given PostgreSQL <is impatient>
      And the class "8B" is being edited by somebody else
      And the NLP service has published suggestions for "Autumn essays"
      And the service has tried in vain, and the event is neither stored nor acknowledged
      When the edit is finished
      Then the suggestions are stored for "Autumn essays"
      And the event is no dead letter

      Examples:
        | is impatient                    |
        | lets nobody wait long for locks |
        | ends statements that take long  |

    Scenario Outline: PostgreSQL breaks transactions off <when and why>
      Given PostgreSQL breaks off the next three transactions <when and why>
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And they were broken off, and done once more
      And the event is no dead letter

      Examples:
        | when and why                                          |
        | at their end, for they do not go together with others |
        | half-way, for they and others wait for each other     |
        | half-way, for there is no memory left                 |
        | half-way, for the disk could not be read              |

    Scenario: The service is killed and started while PostgreSQL is away
      When suggestions come in before, while and after PostgreSQL is stopped, the service killed and started meanwhile
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    @P8
    Scenario Outline: The service is in the middle of its work when <the connections go>
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When <the connections go>, and the edit is finished
      Then the suggestions are stored for "Autumn essays"
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

      Examples:
        | the connections go                    |
        | PostgreSQL ends all sessions          |
        | all connections to PostgreSQL are cut |

    @D5
    Scenario: What a batch had stored when its connection was lost is not there
      Given somebody else is just storing "Elsa Lind" for "The sea" in "8B"
      And the NLP service has suggested for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      When PostgreSQL ends all sessions while the service is at work
      Then nobody sees any of "Autumn essays" while the service is at work
      And exactly these associations are stored for "Autumn essays" once the other gives up:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R2 @core
  Rule: Kafka may go while events are processed: the same, and teachers are served meanwhile

    Scenario Outline: Kafka <goes> while the service is at work, and comes back
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the edit is finished while Kafka <goes>, and Kafka comes back
      Then the suggestions are stored for "Autumn essays"
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

      Examples:
        | goes              |
        | is killed         |
        | is stopped        |
        | hangs             |
        | cannot be reached |
        | hears nothing     |
        | is not heard      |

    Scenario: Events that wait in Kafka while it cannot be reached are processed afterwards
      When suggestions come in before, while and after Kafka cannot be reached
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: The service is killed and started while Kafka cannot be reached
      When suggestions come in before, while and after Kafka cannot be reached, the service killed and started meanwhile
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario Outline: Kafka <answers badly>, and events come in all the same
      When suggestions come in before, while and after Kafka <answers badly>, which holds none of them up
      Then all of them are stored, each once, within 5 seconds of its return

      Examples:
        | answers badly             |
        | answers late and unevenly |
        | answers in slices         |

    Scenario: Teachers are served while Kafka is away
      Given a teacher is busy with classes all the time
      When Kafka is killed, and the service has had to notice
      Then the teacher has been served all the time

  @R3 @core
  Rule: Redis may go while events come in, with all that it knew: nothing is lost, nothing doubled

    Scenario Outline: Redis <goes> and comes back
      When suggestions come in before, while and after Redis <goes>, which holds none of them up
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

      Examples:
        | goes                                        |
        | is killed                                   |
        | is stopped                                  |
        | hangs                                       |
        | answers too late                            |
        | takes no changes                            |
        | is still loading                            |
        | has not caught up yet                       |
        | wants a password                            |
        | has no memory left                          |
        | has given up all it knew for want of memory |

    Scenario: Redis cannot be reached, comes back, and is used again
      When suggestions come in before, while and after Redis cannot be reached, which holds none of them up
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored
      And what comes in is on record again within 5 seconds

    Scenario: The service is killed and started while Redis cannot be reached
      When suggestions come in before, while and after Redis cannot be reached, the service killed and started meanwhile
      Then all of them are stored, each once, within 5 seconds of its return
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: What Redis forgets over a restart is not stored twice
      Given the suggestions for "Autumn essays" have been stored
      And Redis has been killed and started again, with nothing in it
      When the same event is delivered again at once
      Then nothing more is stored
      And the event counts as processed
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: Redis is away for a moment while the service is at work, and hears in the end that the work is done
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When Redis cannot be reached for a moment, and the edit is finished as soon as it is back
      Then the event counts as processed
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

    Scenario: Redis is emptied while the service is at work
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When Redis is emptied, and the edit is finished
      Then the suggestions are stored for "Autumn essays"
      And the event counts as processed
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @P9 @core
  Rule: What is logged of an event in bad times carries its correlation id, too

    Scenario: An event is tried again, and the log tells of it
      Given PostgreSQL lets nobody wait long for locks
      And the class "8B" is being edited by somebody else
      And the NLP service has published suggestions for "Autumn essays"
      And the log has told of the event under its correlation id
      When the edit is finished
      Then every log line about the event carries its correlation id
