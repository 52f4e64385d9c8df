Feature: What teachers change is announced to the platform

  Other services keep up with classes, students and confirmed authors by what is announced. About one class, one student
  or one batch, announcements of a kind come in the order of the changes; between different things or kinds there is no
  order. A teacher is told of a new class, and of a new student once for each class that the student is created in; who
  moves to another class later is announced as changed, and nobody is told. A request that names a class which nobody
  knows is refused as a whole. An announcement may say more than is promised.

  @E1 @core
  Rule: Every change is announced once it is there

    Scenario: A new class is announced, and its teacher is told
      When the teacher creates the class "9A" in the course SV1
      Then exactly this is announced:
        | announcement            | class | called | course | by          |
        | class created           | 9A    | 9A     | SV1    | the teacher |
        | teacher told of a class | 9A    |        |        | the teacher |

    Scenario: A class is announced as it is after a change of its name
      Given another class "9A" without students
      And all of that has been announced
      When the teacher renames the class "9A" to "9B"
      Then exactly this is announced:
        | announcement  | class | called | course | by          |
        | class updated | 9A    | 9B     | SV2    | the teacher |

    Scenario: A class is announced as it is after a change of its course
      Given another class "9A" without students
      And all of that has been announced
      When the teacher puts the class "9A" into the course SV1
      Then exactly this is announced:
        | announcement  | class | called | course | by          |
        | class updated | 9A    | 9A     | SV1    | the teacher |

    Scenario: A new student is announced, and the teacher is told for each class
      Given another class "8B" without students
      And another class "9A" without students
      And all of that has been announced
      When the teacher creates in "8B" and "9A":
        | student  | e-mail             |
        | Noor Vik | vik@school.example |
      Then exactly this is announced:
        | announcement              | student  | called   | e-mail             | class  | by          |
        | student created           | Noor Vik | Noor Vik | vik@school.example | 8B, 9A | the teacher |
        | teacher told of a student |          |          |                    | 8B     | the teacher |
        | teacher told of a student |          |          |                    | 9A     | the teacher |

    Scenario: A student without class and e-mail address is announced, and nobody is told
      When the teacher creates, in no class, the student "Åsa Öst-Łuczak" without an e-mail address
      Then exactly this is announced:
        | announcement    | student        | called         | e-mail | class | by          |
        | student created | Åsa Öst-Łuczak | Åsa Öst-Łuczak |        |       | the teacher |

    Scenario: A student is announced as it is after a change
      Given another class "9A" with the student "Noor Vik"
      And all of that has been announced
      When the teacher changes "Noor Vik" to:
        | student  | legal name          | e-mail             |
        | Nora Wik | Noor Angelica O'Vik | wik@school.example |
      Then exactly this is announced:
        | announcement    | student  | called   | e-mail             | joins | leaves | by          |
        | student updated | Noor Vik | Nora Wik | wik@school.example |       |        | the teacher |

    Scenario: A student who moves is announced with the class that it joins and the class that it leaves
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And another class "9A" without students
      And all of that has been announced
      When the teacher moves "Elsa Lind" from "8B" to "9A"
      Then exactly this is announced:
        | announcement    | student   | called    | joins | leaves | by          |
        | student updated | Elsa Lind | Elsa Lind | 9A    | 8B     | the teacher |

    Scenario: What a teacher confirms is announced for the batch
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the suggestions for "Autumn essays" have been stored
      And all of that has been announced
      When the teacher answers for "Autumn essays":
        | essay              | student   | answer    |
        | Essay of Elsa Lind | Elsa Lind | confirmed |
        | Essay of Omar Said | Omar Said | confirmed |
      Then exactly this is announced:
        | announcement           | batch         | class | course |
        | associations confirmed | Autumn essays | 8B    | SV2    |

    Scenario: The changes of a class are announced in their order, each once
      Given another class "8B" without students
      And all of that has been announced
      When the teacher renames the class "8B" in turn to "8F", "8E", "8G", "8A" and "8C"
      Then exactly this is announced:
        | announcement  | class | called |
        | class updated | 8B    | 8F     |
        | class updated | 8B    | 8E     |
        | class updated | 8B    | 8G     |
        | class updated | 8B    | 8A     |
        | class updated | 8B    | 8C     |

    Scenario: Of changes at the same time the one that holds is announced last
      Given another class "8B" without students
      And all of that has been announced
      When the teacher renames the class "8B" in 20 requests at once
      Then the name that is announced last is the one that "8B" has, and all 20 are announced

  @E1 @core
  Rule: What was not changed, and what was deleted, is not announced

    Scenario Outline: Who tries to <try> has nothing announced
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And all of that has been announced
      When the teacher tries in vain to <try>, and then renames "8B" to "9B" and "Omar Said" to "Omar Sand"
      Then exactly this is announced:
        | announcement    | class | student   | called    |
        | class updated   | 8B    |           | 9B        |
        | student updated |       | Omar Said | Omar Sand |

      Examples:
        | try                                                   |
        | give a student an e-mail address that is taken        |
        | create a student with an e-mail address that is taken |
        | create a student in a class that nobody knows         |
        | put a student into a class that nobody knows          |
        | create a class for two courses                        |
        | rename a class that nobody knows                      |

    Scenario: Of many who want the same e-mail address only the one who gets it is announced
      Given another class "8B" without students
      And all of that has been announced
      When the teacher creates in "8B", in 20 requests at once:
        | student  | e-mail             |
        | Noor Vik | vik@school.example |
      Then exactly this is announced:
        | announcement              | student  | e-mail             | class |
        | student created           | Noor Vik | vik@school.example | 8B    |
        | teacher told of a student |          |                    | 8B    |

    Scenario: What is deleted is not announced
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And all of that has been announced
      When the teacher deletes the student "Elsa Lind" and the class "8B"
      Then nothing is announced

  @E5 @core
  Rule: Every announcement is complete and as promised

    Scenario: A change of every kind
      When the teacher makes a change of every kind
      Then one announcement of every kind is heard, complete and as promised
