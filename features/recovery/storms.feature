@laboratory
Feature: In a storm nothing is lost, doubled or half

  A storm is a plan of chance: PostgreSQL, Kafka, Redis and two replicas of the service are killed, stopped, held up, cut
  off, several of them at a time, each for some seconds, again and again. The same seed plans the same storm; `make chaos`
  lets longer ones rage, another one each time.

  Whoever gets no answer meanwhile does not know whether it was heard: such an event or change may have had its effect or
  not, but never half of it. What was acknowledged counts.

  @R5 @beyond
  Rule: Whatever breaks, in whatever order: what was acknowledged takes effect, once and as a whole

    @R1 @R2 @R3 @R4 @E1
    Scenario: A storm over two replicas
      Given two replicas of the service run, each of which is missed after 3 seconds
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When a storm rages while suggestions for "8B" and changes of it come in all the time
      Then all that was acknowledged has had its effect, once and as a whole
