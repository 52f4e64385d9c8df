@laboratory
Feature: Replicas of the service stand in for one another

  Several processes of the service share the channels through which events come in. When one goes, Kafka gives its
  channels to the others; when one joins, it gets some. What a replica was at work on then changes hands.

  @R5 @beyond
  Rule: A replica may go in the middle of its work and come back: others take over, nothing is lost, nothing doubled

    One that stands still or is cut off does not know that it has been given up, and has its transaction open.

    Scenario Outline: A replica that <goes>, half-way through a batch
      Given two replicas of the service run, each of which is missed after 3 seconds
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And one of them is half-way through "Autumn essays", with "Winter essays" and "Spring essays" waiting behind
      When that one <goes>, and comes back once the other has done its work
      Then all three batches are stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored
      And none of them was acknowledged before it was stored, and no acknowledgement was taken back

      Examples:
        | goes                            |
        | is killed                       |
        | is told to stop                 |
        | stands still until it is missed |
        | is cut off until it is missed   |

  @R5 @beyond
  Rule: Work is finished or given up before another replica takes it over

    Both are lawful: one that finishes first keeps the new one waiting, but never lets it begin what is in hand.

    Scenario: A replica joins while another has work in hand
      Given the service runs
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And somebody else holds up "Autumn essays", "Winter essays" and "Spring essays", in a channel each
      When another replica joins, for its part of the work
      Then no batch is in two hands
      And all three batches are stored, each once, and both replicas have their part, once the other gives up
      And none of them was acknowledged before it was stored, and no acknowledgement was taken back
