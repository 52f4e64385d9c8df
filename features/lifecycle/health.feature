@laboratory
Feature: The service tells how it is

  Background:
    Given the service runs

  @H2 @core
  Rule: Within 2 seconds monitoring is told that the database has gone, and that it is back

    Scenario Outline: The database <goes> and comes back
      When the database <goes>, and comes back once the service has said so
      Then the service has said within 2 seconds that its database is ill
      And it has said within 2 seconds of the return of the database that all is well

      Examples:
        | goes              |
        | is stopped        |
        | is killed         |
        | hangs             |
        | cannot be reached |
