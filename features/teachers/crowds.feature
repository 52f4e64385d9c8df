Feature: Many who ask at once, and some who are rude, are no trouble for others

  A server that hangs up on a client that talks nonsense has answered it. A client that is slow is no rude one.

  Background:
    Given the class "8B" with the students "Elsa Lind" and "Omar Said"
    And the suggestions for "Autumn essays" have been stored

  @H3 @beyond
  Rule: Of requests that exclude each other one wins, and none fails

    Scenario: Of twenty new students with one e-mail address one is created
      When the teacher asks twenty times at once to "add a student to a class"
      Then one of them is created, and all others are refused
      And the roster of "8B" holds exactly "Elsa Lind", "Omar Said" and "Åsa Öst"

    Scenario Outline: What is deleted twenty times at once is deleted once: <request>
      When the teacher asks twenty times at once to "<request>"
      Then one of them is done, and for all others there is no such thing

      Examples:
        | request          |
        | delete a student |
        | delete a class   |

    Scenario: What is changed while it is deleted fails nobody
      When the teacher asks twenty times at once for each of these:
        | request                             |
        | change a student                    |
        | add a student to a class            |
        | change a class                      |
        | confirm the suggestions for a batch |
        | delete a student                    |
        | delete a class                      |
      Then none of the requests fails

  @H3 @beyond
  Rule: A client that is rude is nobody else's trouble, and leaves nothing behind

    Scenario Outline: Clients that <are rude> harm nobody
      When ten clients <are rude>, while others ask
      Then each request is answered as promised
      And everything is as it was before

      Examples:
        | are rude                          |
        | go away before they have sent all |
        | go away before they are answered  |
        | send what is no HTTP              |
        | send more than can be needed      |
        | send headers without end          |
        | send fewer bytes than they say    |
        | send parts that are no parts      |

    Scenario: Clients that are slow hold nobody up, and are served in the end
      Given ten clients have sent half of a request for a class
      When others ask, before the slow clients send the rest byte by byte
      Then each request is answered as promised
      And the teacher has 11 classes
