Feature: Teachers keep classes and students, and find what was suggested

  @H1 @core
  Rule: Classes, students and suggestions are kept and shown over HTTP

    Background:
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"

    Scenario: A teacher finds her own classes, newest first
      Given another class "9A" with the student "Noor Vik"
      And another class "7C" without students
      And the class "8B" has been renamed to "8C"
      When the teacher lists the classes
      Then exactly these classes are shown, in this order:
        | class | course | students |
        | 7C    | SV2    | 0        |
        | 9A    | SV2    | 1        |
        | 8C    | SV2    | 2        |

    Scenario: A long list of classes comes in pages
      Given another class "9A" with the student "Noor Vik"
      And another class "7C" with the student "Li Holm"
      When the teacher asks for 1 class after the newest
      Then exactly these classes are shown, in this order:
        | class | course | students |
        | 9A    | SV2    | 1        |

    Scenario: A class has its roster
      When the teacher reads the roster of "8B"
      Then exactly these students are shown:
        | student   |
        | Elsa Lind |
        | Omar Said |

    Scenario: A class can be renamed
      When the teacher renames the class "8B" to "9B"
      Then the class is now called "9B"

    Scenario: A class can be put into another course
      When the teacher puts the class "8B" into the course SV1
      Then the teacher's list holds exactly these classes, in this order:
        | class | course | students |
        | 8B    | SV1    | 2        |

    Scenario: A student is on the roster with name, legal name and e-mail address
      Given another class "9A" without students
      When the teacher adds to "9A":
        | student  | legal name          | e-mail             |
        | Noor Vik | Noor Angelica O'Vik | vik@school.example |
      Then exactly these students are on the roster of "9A":
        | student  | legal name          | e-mail             |
        | Noor Vik | Noor Angelica O'Vik | vik@school.example |
      And the NLP service is shown the same roster of "9A"

    Scenario: Students need neither a legal name nor an e-mail address
      Given another class "9A" without students
      And the teacher has added to "9A":
        | student  | legal name | e-mail |
        | Noor Vik |            |        |
      When the teacher adds to "9A":
        | student | legal name | e-mail |
        | Li Holm |            |        |
      Then exactly these students are on the roster of "9A":
        | student  | legal name | e-mail |
        | Noor Vik |            |        |
        | Li Holm  |            |        |

    Scenario: A student can be renamed, with legal name and e-mail address
      Given another class "9A" with the student "Noor Vik"
      When the teacher changes "Noor Vik" to:
        | student  | legal name          | e-mail             |
        | Nora Wik | Noor Angelica O'Vik | wik@school.example |
      Then exactly these students are on the roster of "9A":
        | student  | legal name          | e-mail             |
        | Nora Wik | Noor Angelica O'Vik | wik@school.example |

    Scenario: A student can move to another class
      Given another class "9A" with the student "Noor Vik"
      When the teacher moves "Elsa Lind" from "8B" to "9A"
      Then the roster of "9A" holds exactly "Elsa Lind" and "Noor Vik"
      And the roster of "8B" holds exactly "Omar Said"
      And "Elsa Lind" is in exactly "9A"

    Scenario: Nothing is suggested for a batch that nobody knows
      When the teacher looks for suggestions for "Essays from nowhere"
      Then no suggestions are shown

    Scenario: A class is for one course
      When the teacher creates a class for the courses ENG5 and SV1
      Then the request is refused because a class has one course
      And the refusal is complete and carries the correlation id of the request

    Scenario: What was deleted, or never was, is not found
      Given another class "9A" with the student "Noor Vik"
      And the teacher has deleted the student "Noor Vik" and the class "9A"
      When the teacher asks about "9A" and "Noor Vik", and about what never was:
        | request                    |
        | look at a class            |
        | change a class             |
        | read the roster of a class |
        | delete a class             |
        | look at a student          |
        | change a student           |
        | delete a student           |
      Then each request is refused because there is no such thing

    Scenario: Something that is not an id is refused
      When somebody gives something that is not an id in these requests:
        | request                             |
        | look at a class                     |
        | change a class                      |
        | read the roster of a class          |
        | delete a class                      |
        | add a student to a class            |
        | look at a student                   |
        | change a student                    |
        | delete a student                    |
        | look at the suggestions for a batch |
        | confirm the suggestions for a batch |
        | learn the names in a batch          |
        | learn the name behind an essay      |
        | learn the class of a batch          |
      Then each request is refused because of its form

    Scenario: A request that does not name the teacher is refused
      When somebody asks in turn, without a name, about "8B" and "Elsa Lind":
        | request                             |
        | create a class                      |
        | list the classes                    |
        | look at a class                     |
        | change a class                      |
        | delete a class                      |
        | add a student to a class            |
        | look at a student                   |
        | change a student                    |
        | delete a student                    |
        | look at the suggestions for a batch |
        | confirm the suggestions for a batch |
      Then each request is refused because the teacher is not named

    Scenario: Service and figures can be looked at from outside
      When the monitoring asks for the figures of the service
      Then it is shown figures
      And the service says that it is healthy

    Scenario: Every request is answered as promised while events wait
      Given the suggestions for "Autumn essays" have been stored
      And another class "9A" with the student "Noor Vik"
      And the class "9A" is being edited by somebody else
      And the service is at work on the suggestions for "Essays of 9A"
      When the teacher and other services ask in turn, about "8B", "Elsa Lind" and "Autumn essays":
        | request                             |
        | create a class                      |
        | list the classes                    |
        | look at a class                     |
        | change a class                      |
        | add a student to a class            |
        | read the roster of a class          |
        | look at a student                   |
        | change a student                    |
        | look at the suggestions for a batch |
        | confirm the suggestions for a batch |
        | learn the names in a batch          |
        | learn the name behind an essay      |
        | learn the class of a batch          |
        | delete a student                    |
        | delete a class                      |
        | look at the health of the service   |
      Then each request is answered as promised
      And the event is still waiting

  @H5 @beyond
  Rule: A teacher sees the suggestions as they are stored

    Scenario: Confidence and reasons are shown as they are
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays":
        | essay     | student   | confidence      | reasons                  |
        | My summer | Elsa Lind | 0.9312345678901 | first name, e-mail match |
        | The sea   | Omar Said | 0               | name match               |
      Then the teacher finds exactly these suggestions for "Autumn essays":
        | essay     | student   | confidence      | reasons                  |
        | My summer | Elsa Lind | 0.9312345678901 | first name, e-mail match |
        | The sea   | Omar Said | 0               | name match               |
