@laboratory
Feature: The service starts whatever its surroundings are like, or says why it cannot

  A whole platform is started at once, in no particular order. What is not there yet will come, and is waited for; what
  is wrong will not mend itself, and is told at once.

  @L6 @beyond
  Rule: What is not there yet is waited for, and the service is healthy within 5 seconds of its coming up

    @H8
    Scenario Outline: Started before <part>, the service waits for it
      Given <part> is not up yet
      When the operator starts the service, and <part> comes up once the service has asked for it again and again
      Then it has said meanwhile that it lives, and that it cannot do its work
      And it has said within 5 seconds of the return of <part> that all is well
      And what comes in next is stored, too

      Examples:
        | part       |
        | PostgreSQL |
        | Kafka      |

  @L6 @beyond
  Rule: Without Redis the service does all it is for, so its start does not wait for it

    Scenario Outline: Redis is not waited for, even if it <is away>
      Given Redis <is away>
      When the operator starts the service
      Then it was ready without waiting for Redis
      And what comes in next is stored, too

      Examples:
        | is away           |
        | cannot be reached |
        | hangs             |

  @L6 @beyond
  Rule: What no waiting will mend ends the service at once, with one line that says why

    Scenario Outline: Started with <what is wrong>, the service ends and says why
      When the operator starts the service with <what is wrong>
      Then it ends at once, and not as if all were well
      And it has said in one line, and without a secret, that <reason>

      Examples:
        | what is wrong                             | reason                      |
        | a wrong password for the database         | the database refuses it     |
        | a database that a later release has had   | the migrations do not match |
        | a database that was never migrated        | the migrations do not match |
        | a database that was taken back to nothing | the migrations do not match |

      @needs.migrate_one_back
      Examples: where migrations can be taken back one by one
        | what is wrong                              | reason                      |
        | a database that the release before has had | the migrations do not match |

    Scenario: A second one with the same port ends and says why, and the first one does not mind
      Given the service runs
      When the operator starts another one with the same port
      Then the other one ends at once, and says in one line that its port is taken
      And what comes in next is stored, too
