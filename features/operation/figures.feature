@laboratory
Feature: The figures agree with what happened

  Tables of figures are closed: what does not stand there has not grown. An event is counted as what became of it in the
  end, and an essay together with the event that decided about it: neither an attempt that failed nor a duplicate counts
  essays. How often an event is tried again is the service's own affair; that it was tried again shows.

  @M2 @beyond
  Rule: Every event and every essay is counted as what became of it

    Background:
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"

    Scenario: Each essay of a batch counts as what became of it
      Given these suggestions for "Winter essays" have been stored:
        | essay    | student   |
        | The snow | Elsa Lind |
      And the figures have been noted
      When the NLP service suggests for "Autumn essays":
        | essay        | student      | confidence |
        | My summer    | Elsa Lind    | 0.9        |
        | The sea      | Nobody Atall | 0.9        |
        | The sea      | Omar Said    | 0.5        |
        | The hill     | Nobody Atall | 0.9        |
        | The snow     | Omar Said    | 0.9        |
        | Untitled     |              |            |
        | essay, no id | Omar Said    | 0.9        |
      Then the figures have grown by exactly:
        | counted | as                 | times |
        | events  | processed          | 1     |
        | essays  | stored             | 2     |
        | essays  | unknown_student    | 1     |
        | essays  | already_associated | 1     |
        | essays  | no_suggestion      | 1     |
        | essays  | failed             | 1     |

    Scenario Outline: An event <that> counts as <outcome>, and its essays not at all
      Given the figures have been noted
      When the NLP service suggests for "Autumn essays" with an event <that>
      Then the figures have grown by exactly:
        | counted | as        | times |
        | events  | <outcome> | 1     |

      Examples:
        | that                       | outcome     |
        | of a foreign type          | foreign     |
        | that breaks off            | dead_letter |
        | with a score above 1       | dead_letter |
        | of a version that nobody knows | dead_letter |

    Scenario: Each delivery beyond the first counts as a duplicate
      Given the suggestions for "Autumn essays" have been stored
      And the figures have been noted
      When the same event is delivered again five times in a row
      Then the figures have grown by exactly:
        | counted | as        | times |
        | events  | duplicate | 5     |

    Scenario: An event that had to be tried again counts once, as do its essays
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      And the figures have been noted
      When PostgreSQL ends all sessions, and the edit is finished
      Then the figures have grown by exactly:
        | counted | as        | times     |
        | events  | retried   | 1 or more |
        | events  | processed | 1         |
        | essays  | stored    | 2         |

    Scenario: An event that has taken long is shown to have taken so long
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      And the figures have been noted
      When the edit is finished after a while
      Then the figures tell of one event more, which has taken as long as it had to wait for the edit

  @M2 @beyond
  Rule: What is waiting or in use is shown as it is now

    Background:
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"

    Scenario: Events that wait are shown as lag until they are dealt with
      Given the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the NLP service suggests for "Winter essays"
      Then the figures show a lag of 2 events
      And they show no lag once the edit is finished

    Scenario: What is to be announced waits for Kafka, and is shown to wait
      Given Kafka cannot be reached
      When the teacher creates another class "9C", and the first announcement has waited for an hour
      Then the figures show how many announcements wait, and for how long the first of them has
      And they show that none waits once Kafka is back

  @M2 @beyond
  Rule: The connections of the pool are shown, and keep to its size

    Scenario: The database connections in use are shown, and are never more than there may be
      Given the service runs with a pool of 2 connections and 1 in reserve
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When 3 changes of "8B" wait, each with a connection, until somebody else has finished an edit
      Then the figures show as many connections as PostgreSQL knows of
      And they show no more than 3 once the edit is finished
