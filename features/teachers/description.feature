Feature: The service describes its HTTP interface, and keeps to the description

  Where the description is served, the contract does not say; a target file does. Paths that differ in a slash at their
  end are one. Of what has no place in a description, an unknown path or method, nothing is expected.

  @H10 @beyond
  Rule: What is served is described, and what is described is served

    Background:
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the suggestions for "Autumn essays" have been stored

    Scenario: All that can be asked for is described
      When somebody reads the description of the service
      Then it describes all that can be asked for

    Scenario: What is right is answered as described
      When all that can be asked for is asked, about "8B", "Elsa Lind" and "Autumn essays"
      Then each answer is as the description says

    Scenario: What is not there is answered as described
      When all that can be asked for is asked about what nobody knows
      Then each answer is as the description says

    Scenario: A request that names no teacher is answered as described
      When all that can be asked for is asked by nobody
      Then each answer is as the description says

    Scenario: What has no ids is answered as described
      When all that can be asked for is asked about what is no id
      Then each answer is as the description says

    Scenario Outline: A body that is <what> is answered as described
      When the teacher sends a body that is <what> wherever one is taken
      Then each refusal is as the description says

      Examples:
        | what                           |
        | not JSON                       |
        | a list                         |
        | JSON that is called plain text |
        | larger than all that is needed |

  @H10 @beyond @laboratory
  Rule: That the database is away is answered as described

    Scenario: Whatever is asked for while the database is stopped is answered as described
      Given the service runs
      And the database is stopped
      When all that can be asked for is asked at once, about what nobody knows
      Then each answer is as the description says
