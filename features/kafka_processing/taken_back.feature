Feature: What its sender takes back has never been sent

  A sender may publish in a transaction, and take it back. Kafka keeps what was taken back in the channel, and leaves
  it to the readers to pass it over.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"

  @P13 @beyond
  Rule: An event that is taken back has no effect, and what comes behind it has

    Scenario: Suggestions are taken back, and others stand
      When the NLP service publishes suggestions for "Autumn essays" and takes them back, and such for "Winter essays" that it lets stand
      Then the suggestions are stored for "Winter essays"
      And no associations are stored for "Autumn essays"
