Feature: One id follows a request through all that it causes

  A request carries a correlation id, or gets a new one. A refusal for want of a name is given by the contract word for
  word and has no room for it; the log has.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @H11 @beyond
  Rule: The correlation id of a request is in its refusal, in the log, and in the events that it causes

    Scenario Outline: A request that <what> is refused, and logged, under its own correlation id
      When the teacher sends a request that <what>
      Then the refusal tells the correlation id of the request
      And the log tells of the request under its correlation id

      Examples:
        | what                               |
        | asks for what is not there         |
        | breaks a rule                      |
        | breaks a rule, its id in capitals  |
        | has a wrong field                  |
        | is not JSON                        |
        | confirms a batch that nobody knows |

    Scenario: Whoever asks for what is not meant for them is logged under the correlation id of the request
      When the teacher sends a request that asks for a service's secrets
      Then the log tells of the request under its correlation id

    Scenario: All that a teacher changes is logged and announced under the correlation id of the request
      Given the suggestions for "Autumn essays" have been stored
      When the teacher and other services ask in turn, about "8B", "Elsa Lind" and "Autumn essays":
        | request                             |
        | create a class                      |
        | change a class                      |
        | add a student to a class            |
        | change a student                    |
        | confirm the suggestions for a batch |
      Then the log tells of each request under its correlation id
      And each change is announced under the correlation id of its request

    Scenario Outline: A correlation id that is <what> is replaced by a new one
      When the teacher asks for a class in a wrong way, and in a right way, under a correlation id that is <what>
      Then the refusal tells a new correlation id
      And the log tells of the request under this new id
      And the change is announced under a new correlation id

      Examples:
        | what            |
        | missing         |
        | no id           |
        | almost an id    |
        | more than an id |
        | no text         |
