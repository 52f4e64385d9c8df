@laboratory
Feature: Nothing secret and nobody's name is told where it does not belong

  Names and addresses of pupils come in with requests and events, also with those that nobody can make sense of, and are
  in what the database itself says about what it refuses. Of all this the log tells by ids alone. A service under watch
  logs as much as it can.

  @S1 @beyond
  Rule: The log tells no secret, and nobody's name or e-mail address

    Scenario Outline: Nobody named in <what> is found in the log
      Given the service runs, and logs as much as it can
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When somebody's names and addresses stand in <what>
      Then the log names nobody, and tells no secret

      Examples:
        | what                                 |
        | requests that are granted            |
        | requests that are refused            |
        | requests for what others have taken  |
        | events that are processed            |
        | events that nobody can make sense of |
        | events that name them as ids         |

    Scenario: What the log tells of an outage at the start has no secret in it
      Given PostgreSQL is not up yet
      When the operator starts the service, which is given a wrong password for Redis, and PostgreSQL comes up later
      Then the log names nobody, and tells no secret

    Scenario Outline: The service that cannot start with <what is wrong> keeps its secrets
      When the operator starts the service with <what is wrong>
      Then it ends at once, and not as if all were well
      And the log names nobody, and tells no secret

      Examples:
        | what is wrong                                |
        | a wrong password for the database            |
        | an address of the database that is none      |
        | an address of Redis that is none             |
