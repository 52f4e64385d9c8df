@laboratory
Feature: Without its memory of events the service goes on

  The memory of what was processed lies in Redis. It saves work; the promise that nothing is stored twice does not hang
  on it.

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  @I6 @core
  Rule: While Redis is away events are processed all the same, and duplicates are kept out

    Scenario: An event is processed while Redis is away
      Given Redis cannot be reached
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And the teacher finds the same suggestions for "Autumn essays"

    Scenario Outline: A duplicate is kept out while Redis <is away>
      Given the suggestions for "Autumn essays" have been stored
      And Redis <is away>
      When the same event is delivered again at once
      Then nothing more is stored

      Examples:
        | is away           |
        | cannot be reached |
        | hangs             |
        | is stopped        |
