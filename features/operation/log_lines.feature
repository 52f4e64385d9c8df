Feature: The log can be read by machines

  All that the process writes is its log, from its first line to its last, whoever in it has written a line. Whatever
  happens, a line is one object that says when it was, how grave, and what it is about, as far as there is something.

  @M1 @beyond
  Rule: Each line is one object, with the ids of what it is about

    Scenario: Lines about an event name the event, its batch, and the essay in question
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays":
        | essay        | student      |
        | My summer    | Elsa Lind    |
        | The sea      | Nobody Atall |
        | essay, no id | Omar Said    |
      Then every line about the event says which event and which batch it was
      And lines about "The sea" and "essay, no id" say which essay it was
      And each line of the log is one object that says when, how grave, and what

    Scenario: Lines about an event that is put aside name the event
      Given the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the NLP service suggests for "Autumn essays" with an event of a version that nobody knows
      Then the event is kept as a dead letter, as it came
      And every line about the event says which event it was
      And each line of the log is one object that says when, how grave, and what

    Scenario: Lines about a request carry its correlation id, and say which batch it was about
      When the teacher answers for "Essays from nowhere":
        | essay     | student   | answer    |
        | My summer | Elsa Lind | confirmed |
      Then lines about the request carry its correlation id
      And one of them says that it was about "Essays from nowhere"
      And each line of the log is one object that says when, how grave, and what
