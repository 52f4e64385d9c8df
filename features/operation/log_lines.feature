@laboratory
Feature: The log can be read by machines

  All that the process writes is its log, from its first line to its last, whoever in it has written a line. Whatever
  happens, a line is one object that says when it was, how grave, and what it is about, as far as there is something.

  @M1 @beyond
  Rule: Each line is one object, with the ids of what it is about

    Scenario: Lines about an event name the event, its batch, and the essay in question
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays":
        | essay        | student      |
        | My summer    | Elsa Lind    |
        | The sea      | Nobody Atall |
        | essay, no id | Omar Said    |
      Then every line about the event says which event and which batch it was
      And lines about "The sea" and "essay, no id" say which essay it was
      And each line of the log is one object that says when, how grave, and what

    Scenario: Lines about an event that is put aside name the event
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays" with an event of a version that nobody knows
      Then the event is kept as a dead letter, as it came
      And every line about the event says which event it was
      And each line of the log is one object that says when, how grave, and what

    Scenario: Lines about a request carry its correlation id
      Given the service runs
      When the teacher creates a class for the courses ENG5 and SV1
      Then lines about the request carry its correlation id
      And each line of the log is one object that says when, how grave, and what

  @M1 @beyond
  Rule: That holds for whatever goes wrong, and for the libraries that tell of it

    Scenario Outline: <part> <goes> and comes back
      Given the service runs
      When <part> <goes>, and comes back once the service has said so
      Then each line of the log is one object that says when, how grave, and what

      Examples:
        | part       | goes              |
        | PostgreSQL | is killed         |
        | Kafka      | is stopped        |
        | Kafka      | hangs             |
        | Redis      | cannot be reached |

    Scenario: The service is told to stop while it has work in hand and nothing answers
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And PostgreSQL hangs
      And the NLP service has published suggestions for "Autumn essays"
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
