Feature: An association stands once, whole, and for things that exist

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @D2 @core
  Rule: A row tells where it came from, and when

    Scenario: A stored suggestion is complete
      When the NLP service suggests for "Autumn essays":
        | essay     | student   | confidence    | reasons                                 |
        | My summer | Elsa Lind | 0.93123456789 | förnamn, e-post, förnamn, 名前, العربية |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   | class | confidence    | reasons                                 | status             | stored by          |
        | My summer | Elsa Lind | 8B    | 0.93123456789 | förnamn, e-post, förnamn, 名前, العربية | pending_validation | nlp_service_phase1 |
      And nobody has validated them yet
      And the times stored are the service's own

    Scenario: An essay is the same essay in capitals
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      When the NLP service suggests "Omar Said" for "My summer", its id in capitals
      Then nothing more is stored
      And the association of "My summer" is as it was

  @D3 @core
  Rule: The database itself refuses what must not be

    Scenario Outline: <what> is refused
      Given the suggestions for "Autumn essays" have been stored
      When somebody inserts <what> behind the service's back
      Then the database refuses it
      And nothing more is stored

      Examples:
        | what                                       |
        | a second association for an essay          |
        | an association to a student nobody knows   |
        | an association in a class nobody knows     |
        | an association without a student           |

  @D4 @core
  Rule: Associations go with their student or their class

    Scenario: Deleting a student removes the student's associations and no others
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      When the teacher deletes the student "Elsa Lind"
      Then exactly these associations are stored for "Autumn essays":
        | essay   | student   |
        | The sea | Omar Said |

    Scenario: Deleting a class removes its associations and no others
      Given the suggestions for "Autumn essays" have been stored
      And another class "9A" with the student "Noor Vik"
      And these suggestions for "Essays of 9A" have been stored:
        | essay   | student  |
        | Freedom | Noor Vik |
      When the teacher deletes the class "8B"
      Then no associations are stored for "Autumn essays"
      And exactly these associations are stored for "Essays of 9A":
        | essay   | student  |
        | Freedom | Noor Vik |

  @D5 @core
  Rule: A batch is stored as a whole

    Scenario: Nobody sees half a batch
      Given somebody else is just storing "Elsa Lind" for "The sea" in "8B"
      When the NLP service suggests for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | Freedom   | Omar Said |
        | The sea   | Omar Said |
      Then nobody sees any of "Autumn essays" while the service is at work
      And exactly these associations are stored for "Autumn essays" once the other gives up:
        | essay     | student   |
        | My summer | Elsa Lind |
        | Freedom   | Omar Said |
        | The sea   | Omar Said |

    Scenario: Nobody sees a part of a large batch either
      Given somebody else is just storing "Elsa Lind" for "The sea" in "8B"
      When the NLP service suggests for "Autumn essays", 200 essays of which the last is "The sea"
      Then nobody sees any of "Autumn essays" while the service is at work
      And all essays of "Autumn essays" are stored once the other gives up
