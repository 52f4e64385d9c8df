Feature: A roster names each student of the class once

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"
    And another class "9A" without students

  @D9 @beyond
  Rule: A student is in a class once, however often added

    Scenario Outline: A student who is added <how> is in the class once
      When the teacher adds "Elsa Lind" to "9A" <how>
      Then the roster of "9A" holds exactly "Elsa Lind"
      And the teacher's list holds exactly these classes, in this order:
        | class | course | students |
        | 9A    | SV2    | 1        |
        | 8B    | SV2    | 2        |
      And "Elsa Lind" is in exactly "8B" and "9A"
      And the database holds 1 place on the roster of "9A"

      Examples:
        | how                     |
        | twice in a row          |
        | twice in one request    |
        | in ten requests at once |

    Scenario: A student who is added in ten requests that all have to wait for somebody else is in the class once
      Given the class "9A" is being edited by somebody else
      When the teacher asks ten times at once to add "Elsa Lind" to "9A", and the edit is finished once some of them wait
      Then the roster of "9A" holds exactly "Elsa Lind"
      And "Elsa Lind" is in exactly "8B" and "9A"
      And the database holds 1 place on the roster of "9A"

    Scenario: A new student whose class is named twice is in it once
      When the teacher creates the student "Noor Vik" in "9A", which is named twice
      Then the roster of "9A" holds exactly "Noor Vik"
      And "Noor Vik" is in exactly "9A"
      And the database holds 1 place on the roster of "9A"
