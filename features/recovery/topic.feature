@laboratory
Feature: What happens to the channels of events stops nobody

  Suggestions come in through the channels (partitions) of one topic. Kafka divides them among those who have joined
  the service's group; administrators, and time, do things to them.

  @L6 @beyond
  Rule: A service that is started before its topic is made waits for it

    Scenario: The topic is made after the service was started
      Given there is no topic for suggestions
      When the operator starts the service, and the topic is made once the service has missed it
      Then what comes in next is stored, too

  @R2 @core
  Rule: Whatever happens to the topic, what comes in is processed

    What was in a topic that is deleted, or what Kafka has kept for long enough, is lost to everybody; what comes in
    afterwards is not.

    Scenario: The topic is deleted and made anew
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the suggestions for "Autumn essays" have been stored
      When the topic is deleted, and made anew once the service has missed it
      Then what comes in next is stored, too

    Scenario: Kafka has forgotten the place to which the service had read
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the operator has stopped the service
      And suggestions for "Autumn essays" and "Winter essays" have come in, and Kafka has forgotten all before the latter
      When the operator starts the service
      Then the suggestions are stored for "Winter essays"

    Scenario: Kafka hangs for so long that it misses the service when it goes on
      Given the service runs, and is missed after 3 seconds
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And the class "8B" is being edited by somebody else
      And the service is at work on the suggestions for "Autumn essays"
      When the edit is finished while Kafka hangs for more than 3 seconds
      Then the suggestions are stored for "Autumn essays"
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored

  @R5 @P13 @beyond
  Rule: Channels change hands, and come to be, without loss

    A service is not told of a new channel, it looks for it from time to time; half a minute is time enough.

    Scenario: Ten others join and leave
      Given the service runs, and is missed after 3 seconds
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When suggestions come in while 10 others join, one after the other, and leave
      Then all of these are stored, each once
      And no acknowledgement was taken back

    Scenario: What comes in through a new channel is stored from its first event on
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the topic gets one more channel, and the suggestions for "Autumn essays" come in through it at once
      Then the suggestions are stored for "Autumn essays" once the service has found the channel
