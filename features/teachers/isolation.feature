Feature: What is a teacher's is nobody else's

  Somebody else's things are answered for as things that never were, word for word: only ids and times may differ.
  Services of the platform are no teachers; what they learn is in the feature about confirming.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"
    And the suggestions for "Autumn essays" have been stored
    And another teacher has the class "7C" with the student "Li Holm"

  @H4 @beyond
  Rule: Somebody else's classes, students and batches do not exist for a teacher

    Scenario: Nobody can tell what is somebody else's from what never was
      When the other teacher asks about "8B", "Elsa Lind" and "Autumn essays", and about what never was:
        | request                                                    |
        | look at a class                                            |
        | change a class                                             |
        | read the roster of a class                                 |
        | delete a class                                             |
        | add a student to a class                                   |
        | look at a student                                          |
        | change a student                                           |
        | delete a student                                           |
        | look at the suggestions for a batch                        |
        | confirm the suggestions for a batch                        |
        | confirm the suggestions for a batch, signed by its teacher |
      Then what is somebody else's is answered as what never was
      And everything of the first teacher is as it was before

    Scenario: A list of classes shows own ones alone
      When the other teacher lists the classes
      Then exactly these classes are shown to the other teacher:
        | class | course | students |
        | 7C    | SV2    | 1        |

    Scenario: Nobody is put into somebody else's class, or taken out of it
      When the other teacher changes "Li Holm" for the sake of "8B", and of a class that never was:
        | field            |
        | classes to join  |
        | classes to leave |
      Then what is somebody else's is answered as what never was
      And everything of the first teacher is as it was before

    Scenario: An own essay is not confirmed for somebody else's student
      Given the suggestions for "Spring essays" have been stored
      When the other teacher confirms the essay of "Li Holm" in "Spring essays" for "Elsa Lind", and for nobody known
      Then what is somebody else's is answered as what never was
      And everything is as it was before

    Scenario: A class is open to the NLP service, which names no teacher, and to its own teacher
      When the other teacher asks about "8B", "Elsa Lind" and "Autumn essays", and about what never was:
        | request                    |
        | read the roster of a class |
      Then what is somebody else's is answered as what never was
      And the roster of "8B" holds exactly "Elsa Lind" and "Omar Said"
      And the NLP service is shown the same roster of "8B"

    Scenario: An e-mail address is free though somebody else's student has it
      Given the teacher has added to "8B":
        | student  | legal name | e-mail             |
        | Noor Vik | Noor O'Vik | vik@school.example |
      When the other teacher adds to "7C":
        | student  | legal name | e-mail             |
        | Nora Wik | Nora O'Wik | vik@school.example |
      Then exactly these students are on the other teacher's roster of "7C":
        | student  |
        | Li Holm  |
        | Nora Wik |
