@timed
Feature: Teachers and monitoring need not wait

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @N1 @core
  Rule: A batch of 30 essays can be seen within a second of being published

    Scenario: 50 of 50 batches, while teachers are at work
      Given a teacher is busy with classes all the time
      When the NLP service publishes 50 batches of 30 essays, 3 at a time
      Then each batch could be seen as a whole within 1 second

  @N3 @beyond
  Rule: Small batches and large ones can be seen soon, also with ten of them on the way at a time

    Scenario: 100 batches of all sizes
      When the NLP service publishes 100 batches of 1, 30 and 200 essays in turn, 10 at a time
      Then at least 95 of 100 batches could be seen as a whole within 500 milliseconds
      And all of them within 1 second

  @H9 @core
  Rule: A service with a backlog is busy, not unhealthy

    Scenario: The monitoring is answered while events are waiting
      Given the class "8B" is being edited by somebody else
      And 200 events of 30 essays wait for that edit to end
      When the monitoring asks how the service is, again and again, until no event is left after the edit
      Then it is told each time within 500 milliseconds that the service is healthy
      And every essay is stored
