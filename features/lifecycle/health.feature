@laboratory
Feature: The service tells how it is

  Whoever asks wants to know two things: whether the process is alive, for if not it has to be started anew, and whether
  it can do its work, for if not somebody has to look at what it needs. So the part that is ill is named, and no other
  part is blamed for it. Without Redis the work is done all the same, though not as well as it should be.

  @H2 @core
  Rule: Within 2 seconds monitoring is told that the database has gone, and that it is back

    Scenario Outline: Health follows the database, which <goes> and comes back
      Given the service runs
      When the database <goes>, and comes back once the service has said so
      Then the service has said within 2 seconds that its database is ill
      And it has said within 2 seconds of the return of the database that all is well

      Examples:
        | goes              |
        | is stopped        |
        | is killed         |
        | hangs             |
        | cannot be reached |

  @H8 @beyond
  Rule: The service is healthy once it has joined its group, and no sooner

    Scenario Outline: While Kafka <is like that>, the service waits, and says for what
      Given Kafka <is like that>
      When the operator starts the service, and Kafka is as usual once the service has been asked for a while
      Then until it had joined its group the service has said each time that Kafka is ill
      And it has not once called itself healthy before it had joined

      Examples:
        | is like that      |
        | cannot be reached |
        | answers slowly    |

  @H8 @beyond
  Rule: What cannot be reached is named, and the service recovers with it

    Scenario Outline: Health follows <part>, which <goes> and comes back
      Given the service runs
      When <part> <goes>, and comes back once the service has said so
      Then the service has said that <part> is ill, and nothing else
      And it has said within 5 seconds of the return of <part> that all is well

      Examples: Without Kafka it cannot do its work
        | part  | goes              |
        | Kafka | is stopped        |
        | Kafka | hangs             |
        | Kafka | cannot be reached |

      Examples: Without Redis it can
        | part  | goes              |
        | Redis | is killed         |
        | Redis | hangs             |
        | Redis | cannot be reached |

  @H8 @beyond @needs.consumer_stall_seconds
  Rule: A consumer that makes no progress although there is something to do is ill

    The time after which that is so can be set; scenarios that wait for half a minute would show no more.

    Scenario: An event that does not get done makes the service ill, until it is done
      Given the service runs, and lets its consumer make no progress for 2 seconds
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the monitoring asks how the service is until it is told of an illness
      Then the service has said that its consumer is ill, and nothing else
      And it says that all is well once the edit is finished

    Scenario: A consumer that has nothing to do is not ill
      Given the service runs, and lets its consumer make no progress for 1 second
      When the monitoring asks for 3 seconds how the service is
      Then it is told each time that the service is healthy

  @H8 @beyond
  Rule: Whether the process lives has nothing to do with what it needs

    Scenario: With everything away that it needs the process still counts as alive
      Given the service runs
      And PostgreSQL hangs
      And Kafka cannot be reached
      And Redis is killed
      When the engine runs the container's own health check
      Then the process counts as alive
      And the service says that it lives, and that it cannot do its work

    Scenario: A process that stands still counts as dead
      Given the service runs
      When its process stands still, and the engine runs the container's own health check
      Then the process counts as dead
