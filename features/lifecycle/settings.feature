Feature: The service is told by its surroundings what it needs to know

  A typing error in a setting is found when the release is rolled out, not when the first teacher comes. Who reads the log
  of a failed roll-out must not learn a password from it, not even one that stands in the wrong place.

  @L6 @beyond
  Rule: A setting that is missing or malformed ends the service at once, with one line that names it

    Scenario: Each bad setting is named, and none is shown
      When the operator tries to start the service with one bad setting at a time:
        | setting                    | what is wrong               |
        | address of the database    | missing                     |
        | address of the database    | of another kind of database |
        | address of the database    | without a name              |
        | address of Redis           | nonsense                    |
        | address of Redis           | of another kind of database |
        | addresses of Kafka         | nonsense                    |
        | session with Kafka         | not a whole number          |
        | port                       | nonsense                    |
        | port                       | higher than any port        |
        | log level                  | nonsense                    |
        | size of the pool           | not a whole number          |
        | pings of the pool          | nonsense                    |
        | hours until a timeout      | nonsense                    |
        | key of the internal routes | missing                     |
      Then it has ended at once each time, and not as if all were well
      And it has said each time in one line which setting is bad, and no secret

  @H1 @core
  Rule: What the service is told about itself it goes by

    @M1 @laboratory
    Scenario: Told where it runs and how much to log, the service goes by it
      When the operator starts the service in the environment staging, to log what is a warning or graver
      Then it says that it runs in the environment staging
      And what comes in next is stored, too
      And it has logged nothing since that is less grave than a warning
