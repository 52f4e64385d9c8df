Feature: Confirming decides who wrote what, once, and the platform learns it

  A teacher confirms a suggestion, rejects it, or confirms another student of the class for the essay. What is decided
  stays decided: who answers later, the teacher again or the service when the time to answer is over, changes nothing
  and has nothing announced, and may be told so. An answer is taken as a whole or not at all. Whether there is an
  announcement where nothing was confirmed is not promised.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"
    And these suggestions for "Autumn essays" have been stored:
      | essay     | student   | confidence |
      | My summer | Elsa Lind | 0.93       |
      | The sea   | Omar Said | 0.5        |
      | Freedom   | Elsa Lind | 0.8        |

  @H6 @core
  Rule: What a teacher confirms is announced, and nothing else

    Scenario: All that was suggested is confirmed
      When the teacher answers for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
        | The sea   | Omar Said | confirmed |
        | Freedom   | Elsa Lind | confirmed |
      Then exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay     | student   | confidence | method | by          |
        | My summer | Elsa Lind | 0.93       | human  | the teacher |
        | The sea   | Omar Said | 0.5        | human  | the teacher |
        | Freedom   | Elsa Lind | 0.8        | human  | the teacher |
      And the announcement about "Autumn essays" counts 3 confirmed and 0 rejected

    Scenario: What is rejected is counted, and not announced as confirmed
      When the teacher answers for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | rejected  |
        | The sea   | Omar Said | confirmed |
        | Freedom   | Elsa Lind | rejected  |
      Then exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay   | student   | confidence | method | by          |
        | The sea | Omar Said | 0.5        | human  | the teacher |
      And the announcement about "Autumn essays" counts 1 confirmed and 2 rejected

    Scenario: Nothing is announced as confirmed when all is rejected
      When the teacher answers for "Autumn essays":
        | essay     | student   | answer   |
        | My summer | Elsa Lind | rejected |
        | The sea   | Omar Said | rejected |
        | Freedom   | Elsa Lind | rejected |
      Then nothing is announced as confirmed for "Autumn essays"

    Scenario: A student whom the teacher corrects is announced as corrected
      When the teacher answers for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Omar Said | confirmed |
        | The sea   | Omar Said | confirmed |
        | Freedom   | Elsa Lind | rejected  |
      Then exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay     | student   | method | by          |
        | My summer | Omar Said | human  | the teacher |
        | The sea   | Omar Said | human  | the teacher |
      And the announcement about "Autumn essays" counts 2 confirmed and 1 rejected

    Scenario: A batch that is answered in portions is announced in portions
      Given the teacher has answered for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
      When the teacher answers for "Autumn essays":
        | essay   | student   | answer    |
        | The sea | Omar Said | confirmed |
        | Freedom | Elsa Lind | rejected  |
      Then exactly this is announced as confirmed for "Autumn essays", in 2 announcements:
        | essay     | student   | method | by          |
        | My summer | Elsa Lind | human  | the teacher |
        | The sea   | Omar Said | human  | the teacher |

  @H7 @beyond
  Rule: What is stored becomes what the teacher says, once

    Scenario: The rows hold what was decided, by whom and how, and what was not answered waits
      When the teacher answers for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Omar Said | confirmed |
        | The sea   | Omar Said | rejected  |
      Then exactly this is decided about "Autumn essays":
        | essay     | student   | status    | by          | method |
        | My summer | Omar Said | confirmed | the teacher | human  |
        | The sea   | Omar Said | rejected  | the teacher | human  |
        | Freedom   | Elsa Lind | pending   |             |        |

    Scenario: Who is known by free text of 255 characters has decided under this name
      Given a teacher, whose name is free text of 255 characters, has the class "9A" with the student "Noor Vik"
      And these suggestions for "Winter essays" have been stored:
        | essay | student  |
        | Snow  | Noor Vik |
      When the teacher answers for "Winter essays":
        | essay | student  | answer    |
        | Snow  | Noor Vik | confirmed |
      Then exactly this is decided about "Winter essays":
        | essay | student  | status    | by          | method |
        | Snow  | Noor Vik | confirmed | the teacher | human  |
      And exactly this is announced as confirmed for "Winter essays", in 1 announcement:
        | essay | student  | by          |
        | Snow  | Noor Vik | the teacher |

    Scenario Outline: An answer that is given again, <again>, changes nothing
      Given the teacher has answered for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
        | The sea   | Omar Said | rejected  |
      When the teacher answers for "Autumn essays":
        | essay     | student       | answer     |
        | My summer | <her student> | <answer>   |
        | The sea   | Omar Said     | <opposite> |
      Then what was decided about "Autumn essays" is as it was
      And exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay     | student   |
        | My summer | Elsa Lind |

      Examples:
        | again                | her student | answer    | opposite  |
        | the same             | Elsa Lind   | confirmed | rejected  |
        | its opposite         | Elsa Lind   | rejected  | confirmed |
        | with another student | Omar Said   | confirmed | confirmed |

    Scenario: An answer about an essay of another batch decides nothing
      Given these suggestions for "Spring essays" have been stored:
        | essay | student   |
        | Snow  | Elsa Lind |
      When the teacher answers for "Spring essays":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
      Then exactly this is decided about "Autumn essays":
        | essay     | student   | status  | by | method |
        | My summer | Elsa Lind | pending |    |        |
        | The sea   | Omar Said | pending |    |        |
        | Freedom   | Elsa Lind | pending |    |        |
      And exactly this is decided about "Spring essays":
        | essay | student   | status  | by | method |
        | Snow  | Elsa Lind | pending |    |        |
      And nothing is announced as confirmed for "Autumn essays"
      And nothing is announced as confirmed for "Spring essays"

    Scenario: An answer that is sent many times at once counts once
      When the teacher sends this answer for "Autumn essays" in 20 requests at once:
        | essay     | student   | answer    |
        | My summer | Omar Said | confirmed |
        | The sea   | Omar Said | confirmed |
        | Freedom   | Elsa Lind | rejected  |
      Then exactly this is decided about "Autumn essays":
        | essay     | student   | status    | by          | method |
        | My summer | Omar Said | confirmed | the teacher | human  |
        | The sea   | Omar Said | confirmed | the teacher | human  |
        | Freedom   | Elsa Lind | rejected  | the teacher | human  |
      And exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay     | student   |
        | My summer | Omar Said |
        | The sea   | Omar Said |

    Scenario: Of answers that contradict each other at the same time one holds as a whole
      When the teacher sends this answer and its opposite for "Autumn essays", 10 times and all at once:
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
        | The sea   | Omar Said | rejected  |
        | Freedom   | Elsa Lind | confirmed |
      Then one of both answers holds for "Autumn essays", and that one is announced, once
