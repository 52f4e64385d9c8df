@laboratory
Feature: What no teacher answers in time the service decides

  A teacher has 24 hours to answer; what is over that when the service is started is decided at once. Nobody known is a
  student of the class, UNKNOWN STUDENT, who stands there once however often he is needed.

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @T1 @core
  Rule: After 24 hours a suggestion is confirmed, or nobody known where it is too uncertain

    Scenario: Suggestions of at least 0.7 are confirmed, others are for nobody known
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.93       |
        | The sea   | Omar Said | 0.7        |
        | Freedom   | Elsa Lind | 0.69999    |
        | The moon  | Omar Said | 0          |
      When "Autumn essays" has waited for 25 hours, and the service is started again
      Then exactly this is decided about "Autumn essays":
        | essay     | student               | status    | by         | method  |
        | My summer | Elsa Lind             | confirmed | the system | timeout |
        | The sea   | Omar Said             | confirmed | the system | timeout |
        | Freedom   | UNKNOWN STUDENT of 8B | confirmed | the system | timeout |
        | The moon  | UNKNOWN STUDENT of 8B | confirmed | the system | timeout |
      And exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay     | student               | confidence | by         | method  |
        | My summer | Elsa Lind             | 0.93       | the system | timeout |
        | The sea   | Omar Said             | 0.7        | the system | timeout |
        | Freedom   | UNKNOWN STUDENT of 8B | 0          | the system | timeout |
        | The moon  | UNKNOWN STUDENT of 8B | 0          | the system | timeout |
      And the announcement about "Autumn essays" counts 4 confirmed and 0 rejected

    Scenario: What has not waited long enough goes on waiting
      Given the suggestions for "Autumn essays" have been stored
      And these suggestions for "Spring essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      And "Spring essays" has waited for 23 hours
      When "Autumn essays" has waited for 25 hours, and the service is started again
      Then exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay              | student   |
        | Essay of Elsa Lind | Elsa Lind |
        | Essay of Omar Said | Omar Said |
      And exactly this is decided about "Spring essays":
        | essay     | student   | status  | by | method |
        | My summer | Elsa Lind | pending |    |        |

    Scenario: Of a batch that came in two portions each has its own 24 hours
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      And "Autumn essays" has waited for 10 hours
      And the NLP service has suggested for "Autumn essays":
        | essay   | student   |
        | The sea | Omar Said |
      And the event has been processed
      When "Autumn essays" has waited for 15 hours, and the service is started again
      Then exactly this is decided about "Autumn essays":
        | essay     | student   | status    | by         | method  |
        | My summer | Elsa Lind | confirmed | the system | timeout |
        | The sea   | Omar Said | pending   |            |         |
      And exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay     | student   |
        | My summer | Elsa Lind |

    Scenario: What the teacher has answered stays
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
        | The sea   | Omar Said |
        | Freedom   | Elsa Lind |
      And the teacher has answered for "Autumn essays":
        | essay     | student   | answer    |
        | My summer | Omar Said | confirmed |
        | The sea   | Omar Said | rejected  |
      When "Autumn essays" has waited for 25 hours, and the service is started again
      Then exactly this is decided about "Autumn essays":
        | essay     | student   | status    | by          | method  |
        | My summer | Omar Said | confirmed | the teacher | human   |
        | The sea   | Omar Said | rejected  | the teacher | human   |
        | Freedom   | Elsa Lind | confirmed | the system  | timeout |
      And exactly this is announced as confirmed for "Autumn essays", in 2 announcements:
        | essay     | student   | by          | method  |
        | My summer | Omar Said | the teacher | human   |
        | Freedom   | Elsa Lind | the system  | timeout |

    Scenario: Nobody known is one student in each class, also where two replicas decide at once
      Given another class "9A" with the student "Noor Vik"
      And these suggestions have been stored, one event after the other:
        | batch         | class | essay     | student   | confidence |
        | Autumn essays | 8B    | My summer | Elsa Lind | 0.3        |
        | Spring essays | 8B    | The sea   | Omar Said | 0.3        |
        | Winter essays | 9A    | Freedom   | Noor Vik  | 0.3        |
      When "Autumn essays", "Spring essays" and "Winter essays" have waited for 25 hours, and two replicas are started
      Then exactly this is decided about all of them:
        | batch         | essay     | student               | by         |
        | Autumn essays | My summer | UNKNOWN STUDENT of 8B | the system |
        | Spring essays | The sea   | UNKNOWN STUDENT of 8B | the system |
        | Winter essays | Freedom   | UNKNOWN STUDENT of 9A | the system |
      And each of them is announced once

  @T1 @core @needs.timeout_hours @needs.timeout_check_seconds
  Rule: The operator says how long a teacher has, and how often the service looks

    Scenario: Who gives half an hour, and has it looked every second, need not start the service again
      Given the operator has started the service, which gives 0.5 hours to answer, and looks every second
      And the suggestions for "Autumn essays" have been stored
      And these suggestions for "Spring essays" have been stored:
        | essay     | student   |
        | My summer | Elsa Lind |
      When "Spring essays" has waited for 15 minutes, and "Autumn essays" for 45
      Then exactly this is announced as confirmed for "Autumn essays", in 1 announcement:
        | essay              | student   |
        | Essay of Elsa Lind | Elsa Lind |
        | Essay of Omar Said | Omar Said |
      And after one more look exactly this is decided about "Spring essays":
        | essay     | student   | status  | by | method |
        | My summer | Elsa Lind | pending |    |        |

  @H7 @beyond
  Rule: When the teacher answers at that very moment, one of both decides

    Scenario: A teacher answers while the service decides
      Given these suggestions for "Autumn essays" have been stored:
        | essay     | student   | confidence |
        | My summer | Elsa Lind | 0.93       |
        | The sea   | Omar Said | 0.3        |
      When "Autumn essays" has waited for 25 hours, and the service is started while the teacher answers:
        | essay     | student   | answer    |
        | My summer | Omar Said | confirmed |
        | The sea   | Omar Said | confirmed |
      Then who has decided about "Autumn essays" has decided about all of it, and that is announced once
