Feature: The process may do no more than it needs to, and opens its inside to nobody without the key

  @S1 @beyond
  Rule: The process may do no more than it needs to

    Scenario: The service does its work as nobody in particular, where nothing can be changed
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays"
      Then the suggestions are stored for "Autumn essays"
      And no process of it is root's
      And nothing can be written to its file system

  @S1 @beyond
  Rule: The internal key opens nothing unless it is shown whole

    That it takes the same time to refuse any wrong key cannot be seen from outside; that each is refused, can.

    Scenario Outline: A key that is <wrong> opens nothing
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the suggestions for "Autumn essays" have been stored
      When another service asks for all about "Autumn essays" with a key that is <wrong>
      Then it is told nothing

      Examples:
        | wrong                             |
        | empty                             |
        | all but its last character        |
        | one character too long            |
        | in capitals                       |
        | of characters that are not ASCII  |
        | of thousands of characters        |
        | another one of the same length    |
