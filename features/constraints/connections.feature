@laboratory
Feature: The service shares few database connections among many who want something

  @D7 @core
  Rule: The pool keeps to its size, and a burst waits for its turn

    @H9 @timed
    Scenario: A burst is served with the connections that there are, and makes the service busy, not unhealthy
      Given the service runs with a pool of 2 connections and 1 in reserve
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And 3 changes of "8B" wait, each with a connection, until somebody else has finished an edit
      When 60 requests of teachers and 30 events come in at once
      Then the monitoring is told 20 times, each within 500 milliseconds, that the service is healthy
      And all of them are served once the edit is finished
      And the service never had more than 4 database sessions, and keeps no more than 3, all of them at rest

    Scenario: A burst is served, though the database has little time for those who connect
      Given the service runs with a pool of 10 connections and 50 in reserve
      And PostgreSQL gets a twentieth of a CPU
      When 40 requests of teachers come in at once
      Then all of them are served
