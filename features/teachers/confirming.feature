Feature: Teachers confirm who wrote what, and other services learn it

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"
    And these suggestions for "Autumn essays" have been stored:
      | essay     | student   |
      | My summer | Elsa Lind |
      | The sea   | Omar Said |

  @H1 @core
  Rule: A teacher confirms or rejects what was suggested

    Scenario: The answer counts what was confirmed and what was rejected
      Given these suggestions for "Winter essays" have been stored:
        | essay   | student   |
        | The ice | Elsa Lind |
        | Snow    | Omar Said |
        | Skating | Omar Said |
      When the teacher answers for "Winter essays":
        | essay   | student   | answer    |
        | The ice | Elsa Lind | confirmed |
        | Snow    | Omar Said | rejected  |
        | Skating | Omar Said | confirmed |
      Then it counts 2 confirmed and 1 rejected

    Scenario: There is nothing to confirm in a batch that nobody knows
      When the teacher answers for "Essays from nowhere":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
      Then the request is refused because there is no such batch

    Scenario: What comes in later for a batch that was confirmed is stored
      Given the teacher has confirmed all suggestions for "Autumn essays"
      When the NLP service suggests for "Autumn essays":
        | essay   | student   |
        | Freedom | Omar Said |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
        | Freedom   | Omar Said |

    Scenario: A student can be deleted, and what was confirmed goes as well
      Given the teacher has confirmed all suggestions for "Autumn essays"
      When the teacher deletes the student "Elsa Lind"
      Then exactly these associations are stored for "Autumn essays":
        | essay   | student   |
        | The sea | Omar Said |

    Scenario: A class can be deleted, and what was confirmed goes as well, but no student
      Given the teacher has confirmed all suggestions for "Autumn essays"
      When the teacher deletes the class "8B"
      Then no associations are stored for "Autumn essays"
      And the teacher still has the student "Elsa Lind", who is in no class

    Scenario: A large class, and all that it wrote, is shown and confirmed at once
      Given another class "9A" with 40 students
      And the suggestions for "Winter essays" have been stored
      When the teacher confirms all suggestions for "Winter essays"
      Then it counts 40 confirmed and 0 rejected
      And the roster of "9A" holds all of them
      And another service is told all their names for "Winter essays"

  @H1 @core
  Rule: Services of the platform learn names and classes, and nobody else does

    Scenario: A service asks who wrote the essays of a batch
      Given the teacher has confirmed all suggestions for "Autumn essays"
      When another service asks for the names in "Autumn essays"
      Then it is told exactly:
        | essay     | student   | name      |
        | My summer | Elsa Lind | Elsa Lind |
        | The sea   | Omar Said | Omar Said |

    Scenario: A service is told the legal name of who has one
      Given the teacher has added to "8B":
        | student  | legal name          | e-mail             |
        | Noor Vik | Noor Angelica O'Vik | vik@school.example |
      And these suggestions for "Winter essays" have been stored:
        | essay | student  |
        | Snow  | Noor Vik |
      And the teacher has confirmed all suggestions for "Winter essays"
      When another service asks for the names in "Winter essays"
      Then it is told exactly:
        | essay | student  | name     | legal name          |
        | Snow  | Noor Vik | Noor Vik | Noor Angelica O'Vik |

    Scenario: A service asks who wrote an essay
      Given the teacher has confirmed all suggestions for "Autumn essays"
      When another service asks for the name of "The sea"
      Then it is told exactly:
        | essay   | student   | name      |
        | The sea | Omar Said | Omar Said |
      And it is told that nobody is known for "Freedom"

    Scenario: A service asks which classes batches belong to
      When another service asks for the classes of "Autumn essays" and "Essays from nowhere"
      Then it is told exactly:
        | batch               | class  |
        | Autumn essays       | 8B     |
        | Essays from nowhere | (none) |

    Scenario Outline: Whoever does not show <what> is told nothing
      When another service asks for all about "Autumn essays" and "My summer" without <what>
      Then each of its requests is refused

      Examples:
        | what             |
        | the internal key |
        | a service's name |
