Feature: Events take effect in the order in which they came

  What has piled up while the service had something else in hand may be handled together, for that is fast. Nobody may
  see it by the outcome: neither what an event says of itself, nor how certain it is, nor how soon it could be stored
  makes a later one count before an earlier one.

  Background:
    Given the class "8B" with the students "Elsa Lind", "Omar Said" and "Li Holm"
    And the class "8B" is being edited by somebody else
    And the service is at work on the suggestions for "Autumn essays"

  @P13 @beyond
  Rule: Of two events that suggest for one essay the earlier counts, also when both are handled together

    Scenario: Of events that have piled up the earliest that suggests for an essay counts
      Given the NLP service has suggested, one event after the other:
        | batch         | essay     | student   | confidence |
        | Winter essays | My summer | Elsa Lind | 0.3        |
        | Winter essays | The sea   | Omar Said | 0.3        |
        | Spring essays | The sea   | Elsa Lind | 0.6        |
        | Spring essays | My summer | Omar Said | 0.6        |
        | Spring essays | Freedom   | Li Holm   | 0.6        |
        | Summer essays | Freedom   | Elsa Lind | 0.9        |
        | Summer essays | My summer | Li Holm   | 0.9        |
        | Summer essays | The sea   | Li Holm   | 0.9        |
      When the edit is finished
      Then of these events exactly these associations are stored:
        | batch         | essay     | student   |
        | Winter essays | My summer | Elsa Lind |
        | Winter essays | The sea   | Omar Said |
        | Spring essays | Freedom   | Li Holm   |

    Scenario: A later event does not overtake an earlier one that has to wait
      Given another class "9A" with the student "Noor Vik"
      And the class "9A" is being edited by somebody else
      And the NLP service has suggested, one event after the other:
        | batch         | class | essay     | student   |
        | Winter essays | 9A    | My summer | Noor Vik  |
        | Spring essays | 8B    | My summer | Elsa Lind |
        | Spring essays | 8B    | The sea   | Omar Said |
      When the edit of "8B" is finished
      Then nobody sees any of "Spring essays" while the service is at work
      And of these events exactly these associations are stored once the edit is finished:
        | batch         | essay     | student   |
        | Winter essays | My summer | Noor Vik  |
        | Spring essays | The sea   | Omar Said |

    @P10
    Scenario: Of events that have piled up one that can never be processed harms no other
      Given the NLP service has suggested, one event after the other:
        | batch         | class | essay     | student   |
        | Winter essays | 8B    | My summer | Elsa Lind |
        | Spring essays | 9C    | The sea   | Li Holm   |
        | Summer essays | 8B    | The sea   | Omar Said |
        | Summer essays | 8B    | My summer | Omar Said |
      When the edit is finished
      Then of these events exactly these associations are stored:
        | batch         | essay     | student   |
        | Winter essays | My summer | Elsa Lind |
        | Summer essays | The sea   | Omar Said |
      And of these events "Spring essays", for a class that nobody knows, alone is a dead letter

    @P12
    Scenario: Of events that have piled up each is held against the roster of its own class
      Given another class "9A" with the student "Noor Vik"
      And the NLP service has suggested, one event after the other:
        | batch         | class | essay     | student   | confidence |
        | Winter essays | 9A    | Snow      | Elsa Lind | 0.9        |
        | Winter essays | 9A    | Snow      | Noor Vik  | 0.4        |
        | Spring essays | 8B    | Flowers   | Noor Vik  | 0.9        |
        | Spring essays | 8B    | Flowers   | Elsa Lind | 0.4        |
      When the edit is finished
      Then of these events exactly these associations are stored:
        | batch         | essay   | student   |
        | Winter essays | Snow    | Noor Vik  |
        | Spring essays | Flowers | Elsa Lind |
