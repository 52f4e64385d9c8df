@laboratory
Feature: The service can be put together anew, in parts or more than once

  @L3 @inside @needs.composition
  Rule: Providers can be overridden, and the service's code stays as it is

    Scenario: Connections of the test's own take the place of the service's
      Given the service is composed in process, with database connections of the test's own
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And the connections of the test's own have done it

  @L3 @inside @needs.composition
  Rule: Every provider can be built against real connections

    Scenario: All that can be asked for is built
      Given the service is composed in process, and does not run yet
      When the container is asked for everything that it provides
      Then all of it is there, and is closed with the container

  @L3 @inside @needs.composition
  Rule: Two compositions in one process do not disturb each other

    Scenario: Each of two does its share, and counts its own
      Given the service is composed twice in one process
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When events come in through all partitions
      Then all of them are stored
      And each of the two has counted what it has done itself

    Scenario: When one of two ends, the other goes on
      Given the service is composed twice in one process
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When one of the two ends, and events come in through all partitions
      Then all of them are stored
      And the other one is well, and has counted all of them

    Scenario: The process around it is as it was
      Given the process is looked at
      When the service is composed in process, and has done its work
      Then nothing that the process has once for all has changed
