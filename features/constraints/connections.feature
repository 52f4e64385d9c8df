@laboratory
Feature: The service shares few database connections among many who want something

  Background:
    Given the service runs with a pool of 2 connections and 1 in reserve
    And the class "8B" with the students "Elsa Lind" and "Omar Said"
    And the class "8B" is being edited by somebody else
    And 3 changes of "8B" wait for that, each with a connection

  @D7 @core
  Rule: The pool keeps to its size, and a burst waits for its turn

    Scenario: A burst of requests and events is served with the connections that there are
      When 60 requests of teachers and 30 events come in at once
      Then all of them are served once the edit is finished
      And the service never had more than 4 database sessions
      And it keeps no more than 3, all of them at rest

  @H9 @core
  Rule: A pool in use to the last connection is busy, not unhealthy

    Scenario: The monitoring is answered while nobody gets a connection
      Given 60 requests of teachers wait for a connection
      When the monitoring asks 20 times how the service is
      Then it is told each time within 500 milliseconds that the service is healthy
      And all requests are served once the edit is finished
