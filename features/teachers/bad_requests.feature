Feature: A request that is wrong is refused, says what is wrong, and leaves nothing behind

  Where the contract does not say what is wrong, a client is better served by a refusal than by a guess: a name of
  blanks is none, an e-mail address has an @ and is no longer than what can be stored, a page is within bounds that its
  numbers can have, and what calls itself plain text is not read as JSON. How a refusal is worded, and with which status
  of a client's error, is the service's business, as long as it names the field.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"
    And the suggestions for "Autumn essays" have been stored

  @H3 @beyond
  Rule: A field that is missing or wrong is named, and nothing is stored

    Scenario: What is wrong with a new class is named
      When the teacher asks to "create a class", with one thing wrong at a time:
        | field  | wrong                 |
        | name   | left out              |
        | name   | null                  |
        | name   | a number              |
        | name   | a list                |
        | name   | empty                 |
        | name   | only blanks           |
        | name   | too long              |
        | name   | a NUL in it           |
        | course | left out              |
        | course | null                  |
        | course | a text                |
        | course | an object             |
        | course | empty                 |
        | course | a course nobody knows |
      Then each request is refused, and the refusal names the field
      And everything is as it was before

    Scenario: What is wrong with a changed class is named
      When the teacher asks to "change a class", with one thing wrong at a time:
        | field  | wrong                 |
        | name   | null                  |
        | name   | a huge number         |
        | name   | an object             |
        | name   | empty                 |
        | name   | only blanks           |
        | name   | too long              |
        | name   | a NUL in it           |
        | course | null                  |
        | course | a number              |
        | course | empty                 |
        | course | a course nobody knows |
        | course | two courses           |
      Then each request is refused, and the refusal names the field
      And everything is as it was before

    Scenario: What is wrong with a new student is named
      When the teacher asks to "add a student to a class", with one thing wrong at a time:
        | field      | wrong               |
        | person     | left out            |
        | person     | null                |
        | person     | a text              |
        | person     | a list              |
        | first name | left out            |
        | first name | null                |
        | first name | a number            |
        | first name | empty               |
        | first name | too long            |
        | first name | a NUL in it         |
        | last name  | left out            |
        | last name  | an object           |
        | last name  | only blanks         |
        | last name  | too long            |
        | last name  | a NUL in it         |
        | legal name | a number            |
        | legal name | too long            |
        | legal name | a NUL in it         |
        | e-mail     | a number            |
        | e-mail     | no address          |
        | e-mail     | too long an address |
        | e-mail     | a NUL in it         |
        | classes    | null                |
        | classes    | a text              |
        | classes    | no id among ids     |
        | classes    | the id of nothing   |
      Then each request is refused, and the refusal names the field
      And everything is as it was before

    Scenario: What is wrong with a changed student is named
      When the teacher asks to "change a student", with one thing wrong at a time:
        | field            | wrong               |
        | person           | null                |
        | person           | a number            |
        | first name       | left out            |
        | first name       | empty               |
        | first name       | a NUL in it         |
        | last name        | left out            |
        | last name        | a list              |
        | last name        | too long            |
        | legal name       | too long            |
        | e-mail           | an object           |
        | e-mail           | no address          |
        | e-mail           | too long an address |
        | classes to join  | null                |
        | classes to join  | no id among ids     |
        | classes to join  | the id of nothing   |
        | classes to leave | null                |
        | classes to leave | a text              |
        | classes to leave | no id               |
      Then each request is refused, and the refusal names the field
      And everything is as it was before

    Scenario: What is wrong with a confirmation is named
      When the teacher asks to "confirm the suggestions for a batch", with one thing wrong at a time:
        | field   | wrong             |
        | answers | left out          |
        | answers | null              |
        | answers | an object         |
        | answers | a list            |
        | essay   | left out          |
        | essay   | null              |
        | essay   | a number          |
        | essay   | no id             |
        | essay   | the id of nothing |
        | student | left out          |
        | student | null              |
        | student | no id             |
        | student | the id of nothing |
        | answer  | left out          |
        | answer  | null              |
        | answer  | a text            |
        | answer  | a number          |
      Then each request is refused, and the refusal names the field
      And everything is as it was before

    Scenario: A confirmation that does not fit the batch is refused as a whole
      Given another class "9A" with the student "Noor Vik"
      And the suggestions for "Winter essays" have been stored
      When the teacher confirms, mixed up with "Noor Vik" and "Winter essays":
        | field   | wrong            |
        | essay   | named twice      |
        | essay   | of another batch |
        | student | of another class |
      Then each request is refused, and the refusal names the field
      And everything is as it was before

    Scenario: What is wrong with the bounds of a page is named
      When the teacher asks to "list the classes", with one thing wrong at a time:
        | field              | wrong         |
        | length of the page | below zero    |
        | length of the page | a text        |
        | length of the page | half a number |
        | length of the page | a huge number |
        | length of the page | empty         |
        | begin of the page  | below zero    |
        | begin of the page  | a text        |
        | begin of the page  | half a number |
        | begin of the page  | a huge number |
        | begin of the page  | empty         |
      Then each request is refused, and the refusal names the field

    Scenario: What is wrong with the batches that another service asks about is named
      When another service asks to "learn the class of a batch", with one thing wrong at a time:
        | field   | wrong           |
        | batches | left out        |
        | batches | empty           |
        | batches | no id           |
        | batches | no id among ids |
      Then each request is refused, and the refusal names the field

    Scenario: A teacher's name that is too long is refused by every route
      When the teacher asks for everything under a name that is too long
      Then each request is refused, and the refusal names the field
      And everything is as it was before

  @H3 @beyond
  Rule: What cannot be read as a request is refused wherever it comes, and nothing of it is stored

    Scenario Outline: A body that is <what> is refused by every route that takes one
      When the teacher sends a body that is <what> wherever one is taken
      Then each request is refused
      And everything is as it was before

      Examples:
        | what                                 |
        | empty                                |
        | not JSON                             |
        | cut off in the middle                |
        | followed by something else           |
        | not UTF-8                            |
        | JSON with half a character in a text |
        | a list                               |
        | a text                               |
        | a number                             |
        | null                                 |
        | nested beyond all measure            |
        | larger than all that is needed       |
        | a form                               |
        | JSON that is called plain text       |

    Scenario: What cannot be done with a thing is refused
      When the teacher asks for everything with methods that nothing has
      Then each request is refused
      And everything is as it was before
