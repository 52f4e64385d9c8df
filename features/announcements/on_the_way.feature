@laboratory
Feature: Announcements get there, whatever fails on their way

  A change is made together with the announcement of it, which waits in the database until Kafka has it. Whoever may not
  know whether Kafka has got an announcement sends it again, as the same one, so that listeners can pass over it.

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"
    And the suggestions for "Autumn essays" have been stored
    And all of that has been announced

  @E2 @core
  Rule: While Kafka is away changes succeed, and are announced in their order soon after its return

    Scenario Outline: Kafka <goes> while the teacher goes on
      Given Kafka <goes>
      When the teacher renames "8B" in turn to "8F", "8E", "8G" and "8A", confirms "Autumn essays", and Kafka comes back
      Then exactly this is announced within 5 seconds of its return, repeats apart:
        | announcement           | class | called | batch         |
        | class updated          | 8B    | 8F     |               |
        | class updated          | 8B    | 8E     |               |
        | class updated          | 8B    | 8G     |               |
        | class updated          | 8B    | 8A     |               |
        | associations confirmed | 8B    |        | Autumn essays |

      Examples:
        | goes              |
        | is killed         |
        | is stopped        |
        | hangs             |
        | cannot be reached |
        | hears nothing     |
        | is not heard      |

    Scenario: The service is killed and started while Kafka is away
      Given Kafka cannot be reached
      When the teacher renames "8B" in turn to "8F" and "8E", the service is killed and started, and Kafka comes back
      Then exactly this is announced within 5 seconds of its return, repeats apart:
        | announcement  | class | called |
        | class updated | 8B    | 8F     |
        | class updated | 8B    | 8E     |

  @E2 @core
  Rule: What Kafka refuses waits, and nobody waits for it but what is about the same

    Kafka refuses what is larger than a topic takes. It stays, for an operator to find.

    Scenario: Announcements that Kafka refuses wait, and hold up no other
      Given Kafka takes no announcement of a changed class
      When the teacher renames "8B" in turn to "8F" and "8E", and confirms "Autumn essays"
      Then exactly this is announced meanwhile:
        | announcement           | class | batch         |
        | associations confirmed | 8B    | Autumn essays |
      And 2 announcements of the changed class still wait, and nothing else

  @E3 @beyond
  Rule: What is announced again is recognised as a repeat

    Scenario: The service is killed when it has announced a change and not noted it yet
      Given somebody else keeps the service from noting what it has announced
      When the service is killed once it has announced that "8B" is called "9B", and started again
      Then exactly this is announced, repeats apart:
        | announcement  | class | called |
        | class updated | 8B    | 9B     |

  @E1 @core
  Rule: A change and its announcement come to stay together or not at all

    Scenario: The service is killed in the middle of a change
      Given somebody else keeps the service from writing down what is to be announced
      When the service is killed while it renames "8B" to "9B", and started again
      Then the class is still called "8B"
      And nothing is announced

  @H7 @beyond
  Rule: An answer and its announcement come to stay together or not at all

    Scenario: The service is killed in the middle of an answer
      Given somebody else keeps the service from writing down what is to be announced
      When the service is killed while it takes the answer for "Autumn essays", and started again:
        | essay              | student   | answer    |
        | Essay of Elsa Lind | Elsa Lind | confirmed |
        | Essay of Omar Said | Omar Said | rejected  |
      Then exactly this is decided about "Autumn essays":
        | essay              | student   | status  |
        | Essay of Elsa Lind | Elsa Lind | pending |
        | Essay of Omar Said | Omar Said | pending |
      And nothing is announced
