Feature: Suggestions are stored and wait for the teacher

  The NLP service reads the authors' names off a batch of essays and suggests a student for each essay.
  What it publishes is stored once, the best known suggestion for each essay, and waits for the teacher's word.

  Background:
    Given the class "8B" with the students "Elsa Lind", "Omar Said" and "Li Holm"

  @P1 @core
  Rule: What the NLP service publishes is stored, and the teacher finds it

    Scenario: The suggestions for a batch wait for the teacher
      When the NLP service suggests for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      And the teacher finds the same suggestions for "Autumn essays"

    Scenario: Batches are kept apart
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      When the NLP service suggests for "Winter essays":
        | essay | student   |
        | Snow  | Elsa Lind |
      Then the teacher finds exactly these suggestions for "Winter essays":
        | essay | student   |
        | Snow  | Elsa Lind |
      And the teacher finds exactly these suggestions for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |

  @P3 @core
  Rule: An essay gets the suggestion with the highest confidence

    Scenario: The order of the suggestions does not matter
      When the NLP service suggests for "Autumn essays":
        | essay     | student   | confidence |
        | My summer | Omar Said | 0.61       |
        | My summer | Elsa Lind | 0.93       |
        | My summer | Li Holm   | 0.72       |
        | The sea   | Li Holm   | 0.88       |
        | The sea   | Omar Said | 0.35       |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.93       |
        | The sea   | Li Holm   | 0.88       |

    Scenario: Of equally good suggestions the first is taken
      When the NLP service suggests for "Autumn essays":
        | essay     | student   | confidence |
        | My summer | Li Holm   | 0.4        |
        | My summer | Elsa Lind | 0.8        |
        | My summer | Omar Said | 0.8        |
        | The sea   | Omar Said | 0.8        |
        | The sea   | Elsa Lind | 0.8        |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |

    Scenario: Certainty and doubt at their limits are taken as they are
      When the NLP service suggests for "Autumn essays":
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0          |
        | The sea   | Omar Said | 1          |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0          |
        | The sea   | Omar Said | 1          |

  @P4 @core
  Rule: A suggestion for a student who does not exist is passed over

    Scenario: The next best suggestion is taken
      When the NLP service suggests for "Autumn essays":
        | essay     | student       | confidence |
        | My summer | Nobody Atall  | 0.97       |
        | My summer | Omar Said     | 0.52       |
        | My summer | Elsa Lind     | 0.75       |
        | The sea   | a name, no id | 0.99       |
        | The sea   | Li Holm       | 0.31       |
        | Freedom   | Omar Said     | 0.64       |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Li Holm   |
        | Freedom   | Omar Said |
      And the log tells of the unknown student "Nobody Atall" for "My summer", and nothing such of "Freedom"

    Scenario: An essay with only unknown students stays free, and another event may claim it
      Given the NLP service has suggested for "Autumn essays":
        | essay     | student      |
        | My summer | Nobody Atall |
      When the NLP service suggests for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |

    Scenario: That a student is unknown is logged, also when the essay has its association already
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      When the NLP service suggests for "Autumn essays":
        | essay     | student      |
        | My summer | Nobody Atall |
        | The sea   | Li Holm      |
      Then nothing more is stored
      And the log tells of the unknown student "Nobody Atall" for "My summer", and nothing such of "The sea"

  @P12 @beyond
  Rule: Who is not on the roster of the class is as good as unknown

    Scenario: A student of another class is passed over
      Given another class "9A" with the student "Noor Vik"
      When the NLP service suggests for "Essays of 9A":
        | essay     | student   | confidence |
        | My summer | Omar Said | 0.97       |
        | My summer | Noor Vik  | 0.52       |
        | The sea   | Elsa Lind | 0.99       |
      Then exactly these associations are stored for "Essays of 9A":
        | essay     | student  |
        | My summer | Noor Vik |
      And the event counts as processed

    Scenario: The roster counts as it is when the suggestions come
      Given the suggestions for "Autumn essays" have been stored
      And another class "9A" with the student "Noor Vik"
      And these suggestions for "Essays of 9A" have been stored:
        | essay   | student  |
        | Freedom | Noor Vik |
      And the teacher has moved "Elsa Lind" from "8B" to "9A"
      When the NLP service suggests, one event after the other:
        | batch         | class | essay     | student   | confidence |
        | Winter essays | 8B    | Snow      | Elsa Lind | 0.97       |
        | Winter essays | 8B    | Snow      | Omar Said | 0.52       |
        | Winter essays | 8B    | Ice       | Elsa Lind | 0.97       |
        | Spring essays | 9A    | Flowers   | Elsa Lind | 0.97       |
        | Spring essays | 9A    | Flowers   | Noor Vik  | 0.52       |
      Then of these events exactly these associations are stored:
        | batch         | essay   | student   |
        | Winter essays | Snow    | Omar Said |
        | Spring essays | Flowers | Elsa Lind |

  @P5 @core
  Rule: An essay that has an association keeps it

    Scenario: A later suggestion in another batch does not replace it
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.55       |
      When the NLP service suggests for "Winter essays":
        | essay     | student   | confidence |
        | My summer | Omar Said | 0.99       |
        | The sea   | Li Holm   | 0.8        |
      Then exactly these associations are stored for "Winter essays":
        | essay   | student | confidence |
        | The sea | Li Holm | 0.8        |
      And the association of "My summer" is as it was
      And the log tells that "My summer" has its association already, and nothing such of "The sea"

    Scenario: A better suggestion in the same batch replaces nothing either, and is no error
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.55       |
      When the NLP service suggests for "Autumn essays":
        | essay     | student   | confidence |
        | My summer | Omar Said | 0.99       |
      Then nothing more is stored
      And the association of "My summer" is as it was
      And the event counts as processed

    Scenario: An association that somebody else stores in the same moment is kept
      Given somebody else is just storing "Li Holm" for "The sea" in "8B"
      When the NLP service suggests for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
      Then exactly these associations are stored for "Autumn essays" once the other has stored it:
        | essay     | student   |
        | My summer | Elsa Lind |
      And the association of "The sea" is with "Li Holm"

  @P6 @core
  Rule: Nothing to suggest is no error

    Scenario Outline: An event <with nothing to store> counts as processed
      When the NLP service sends for "Autumn essays" an event <with nothing to store>
      Then nothing more is stored
      And the event counts as processed

      Examples:
        | with nothing to store                         |
        | without suggestions                           |
        | without results                               |
        | without suggestions, for a class nobody knows |
        | without results, for a class nobody knows     |

    Scenario: An essay without suggestions does not hold up its neighbours
      When the NLP service suggests for "Autumn essays":
        | essay     | student   |
        | Untitled  |           |
        | My summer | Elsa Lind |
      Then exactly these associations are stored for "Autumn essays":
        | essay     | student   |
        | My summer | Elsa Lind |
