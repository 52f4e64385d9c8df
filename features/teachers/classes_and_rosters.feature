Feature: Teachers keep classes and students, and find what was suggested

  @H1 @core
  Rule: Classes, students and suggestions are kept and shown over HTTP

    Background:
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"

    Scenario: A teacher finds the own classes, newest first
      Given another class "9A" with the student "Noor Vik"
      When the teacher lists the classes
      Then exactly these classes are shown, in this order:
        | class | course | students |
        | 9A    | ENG5   | 1        |
        | 8B    | ENG5   | 2        |

    Scenario: A class has its roster
      When the teacher reads the roster of "8B"
      Then exactly these students are shown:
        | student   |
        | Elsa Lind |
        | Omar Said |

    Scenario: A class can be renamed
      When the teacher renames the class "8B" to "9B"
      Then the teacher finds the class "9B" under its old id

    Scenario: A student can move to another class
      Given another class "9A" with the student "Noor Vik"
      When the teacher moves "Elsa Lind" from "8B" to "9A"
      Then the roster of "9A" holds exactly "Elsa Lind" and "Noor Vik"
      And the roster of "8B" holds exactly "Omar Said"
      And "Elsa Lind" is in exactly "9A"

    Scenario: Nothing is suggested for a batch that nobody knows
      Then the teacher finds no suggestions for "Essays from nowhere"

    Scenario: A class is for one course
      When the teacher creates a class for the courses ENG5 and SV1
      Then the request is refused because a class has one course

    Scenario: A request without a teacher is refused
      When somebody without a name asks for the classes
      Then the request is refused because nobody is named

    Scenario: Service and figures can be looked at from outside
      Then the service says that it is healthy
      And it shows its figures to the monitoring

    Scenario: Teachers are served while events wait
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the teacher lists the classes
      Then exactly these classes are shown, in this order:
        | class | course | students |
        | 8B    | ENG5   | 2        |
      And the event is still waiting
