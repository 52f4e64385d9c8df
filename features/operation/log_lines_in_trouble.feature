@laboratory
Feature: The log can be read by machines in bad times, too

  When something goes wrong others write into the log as well: the libraries that lose a connection, and Python itself.

  @M1 @beyond
  Rule: Each line is one object, whatever goes wrong, and whichever library tells of it

    Scenario Outline: The log keeps its form while <part> <goes> and comes back
      Given the service has just started
      When <part> <goes>, and comes back once the service has said so
      Then each line of the log is one object that says when, how grave, and what

      Examples:
        | part       | goes              |
        | PostgreSQL | is killed         |
        | Kafka      | is stopped        |
        | Kafka      | hangs             |
        | Redis      | cannot be reached |

    Scenario: The service is told to stop while it has work in hand and the database does not answer
      Given the service has just started
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And "Autumn essays" is on its way, with "Winter essays" behind it, and the event is on record, and nothing is being stored
      When the operator sends it SIGTERM
      Then the service ends within 8 seconds with exit code 0
      And each line of the log is one object that says when, how grave, and what

    Scenario Outline: The service cannot start with <what is wrong>
      When the operator starts the service with <what is wrong>
      Then it ends at once, and not as if all were well
      And each line of the log is one object that says when, how grave, and what

      Examples:
        | what is wrong                      |
        | a port that is no number           |
        | a wrong password for the database  |
        | a database that was never migrated |
