Feature: The database keeps what the service promises

  @D1 @core
  Rule: The migrations build the promised schema, and keep what is there

    Scenario: An empty database gets the promised tables and the six courses
      When the operator migrates an empty database
      Then it has exactly the promised columns, keys and defaults
      And it has exactly these courses:
        | code | name      | language |
        | ENG5 | English 5 | en       |
        | ENG6 | English 6 | en       |
        | ENG7 | English 7 | en       |
        | SV1  | Svenska 1 | sv       |
        | SV2  | Svenska 2 | sv       |
        | SV3  | Svenska 3 | sv       |

    Scenario: Down to nothing and up again gives the same
      Given the operator has migrated an empty database
      When the operator migrates it down to nothing and up again
      Then it has exactly the promised columns, keys and defaults
      And its courses are as they were

    Scenario: Migrating a database in use keeps its rows
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the suggestions for "Autumn essays" have been stored
      When the operator migrates the service's database once more
      Then nothing more is stored
      And the teacher finds the same suggestions for "Autumn essays"

  @D1 @core @needs.migrate_one_back
  Rule: A new release keeps what the one before has stored

    Scenario: The database of the release before is upgraded with all that is in it
      Given a database as the release before has had it, with something in each table
      When the operator upgrades it
      Then all that was in it is still there
      And it has exactly the promised columns, keys and defaults

  @L6 @beyond
  Rule: A migration that has company, or is killed half-way, leaves the promised schema all the same

    A platform that rolls out a release may begin with the migration in several places, and may lose any of them.

    Scenario: Two migrations at the same time are both well
      Given the operator is half-way through two migrations of an empty database
      When both go on
      Then both have ended well
      And it has exactly the promised columns, keys and defaults

    Scenario: A migration that is killed half-way leaves nothing in the way of the next
      Given the operator is half-way through a migration of an empty database
      When it is killed, and the operator migrates once more
      Then the migration has ended well
      And it has exactly the promised columns, keys and defaults

  @D8 @inside @needs.compare_models
  Rule: The service's models say what its migrations build

    Scenario: The models and the migrated database do not differ
      Given the operator has migrated an empty database
      When the operator compares the service's models with it
      Then they do not differ
