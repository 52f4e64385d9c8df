Feature: Eight ways to fail, each of which has to explain itself

  The service is broken by several mutants at once; each scenario meets one of them.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  Scenario: A row is missing
    When the NLP service suggests for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |
      | The sea   | Omar Said |
    Then exactly these associations are stored for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |
      | The sea   | Omar Said |

  Scenario: A row is too many
    Given the class "Solo" with the students "Li Holm"
    When the NLP service suggests for "Autumn essays" with an event of a foreign type
    Then no associations are stored for "Autumn essays"

  Scenario: A value is wrong
    Given the teacher has read the roster of a class of forty, "9A"
    When the NLP service suggests for "Autumn essays":
      | essay     | student   | confidence |
      | My summer | Omar Said | 0.61       |
      | My summer | Elsa Lind | 0.93       |
    Then exactly these associations are stored for "Autumn essays":
      | essay     | student   | confidence |
      | My summer | Elsa Lind | 0.93       |

  Scenario: A message is on no topic
    When the NLP service suggests for "Autumn essays" with an event of a version that nobody knows
    Then the event is kept as a dead letter, as it came

  Scenario: A TTL is wrong
    When the NLP service suggests for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |
    Then the event is on record as completed, for 24 hours

  Scenario: A step is not finished in time
    Given the class "8B" is being edited by somebody else
    When the teacher deletes the class "8B", in two seconds
