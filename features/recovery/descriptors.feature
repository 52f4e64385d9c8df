@laboratory
Feature: A service that has no descriptors left is whole again when it gets some

  Each connection takes a descriptor, and a process may have only so many. Clients who connect and say nothing take
  them away from those who work.

  @R4 @core
  Rule: What comes in meanwhile is not lost, and teachers are served afterwards

    Scenario: Clients take all descriptors, and leave
      Given the service runs, with few descriptors left
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When suggestions come in while clients have taken all descriptors, and the clients leave
      Then all that came in is stored, each once
      And nothing was lost, doubled, half done, acknowledged early or left behind, and what comes in next is stored
