Feature: One bad essay never takes its batch along

  Background:
    Given the class "8B" with the students "Elsa Lind", "Omar Said" and "Li Holm"

  @P7 @core
  Rule: All essays of a batch that can be stored are stored

    Scenario: An essay whose id is no id fails alone
      When the NLP service suggests for "Autumn essays":
        | essay         | student   |
        | My summer     | Elsa Lind |
        | essay, no id  | Omar Said |
        | The sea       | Li Holm   |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Li Holm   |
      And the log tells why "essay, no id" failed, and nothing such of "My summer" and "The sea"

    @P8
    Scenario: A batch with one bad essay that comes again, its record lapsed, is still no dead letter
      Given the NLP service has suggested for "Autumn essays":
        | essay        | student   |
        | My summer    | Elsa Lind |
        | essay, no id | Omar Said |
        | The sea      | Li Holm   |
      And the event has been processed, and its record has lapsed
      When the same event is delivered again at once
      Then nothing more is stored
      And the event is no dead letter
      And the event counts as processed

    Scenario: A student deleted while the batch is being stored costs that student's essay alone
      Given "Omar Said" is just being deleted
      And the NLP service has suggested for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | Mine      | Omar Said |
        | The sea   | Li Holm   |
      When the deletion is finished while the service is at work
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Li Holm   |

    Scenario: The same essay twice in one event: the first that can be stored counts
      When the NLP service sends for "Autumn essays" the results, one after the other:
        | essay     | student      |
        | My summer | Nobody Atall |
        | My summer | Elsa Lind    |
        | My summer | Omar Said    |
        | The sea   | Li Holm      |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Li Holm   |
