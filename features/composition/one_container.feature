@laboratory
Feature: One container serves requests and events

  Seen from inside: the service is composed in the suite's process, with a recorder that hears of everything that its
  container makes and closes. Work that it does by itself, such as looking for what is to be announced, is told from that
  of requests and events by what is made for it. Events that are handled together share one unit of work, which is their
  one transaction; here each comes alone.

  @L2 @inside @needs.composition
  Rule: What lasts as long as the process is made once, for requests and events alike

    Scenario: Requests and events share what lasts
      Given the service is composed in process
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      And a request and an event have been served
      When the NLP service suggests for "Winter essays"
      Then the suggestions are stored for "Winter essays"
      And the teacher finds the same suggestions for "Winter essays"
      And all that lasts is of one container, and none of it was made anew

  @L2 @inside @needs.composition
  Rule: What is made for one request or event is made for it alone, and closed after it, however it ends

    Scenario Outline: Each time, <a piece of work> gets things of its own, and all are closed
      Given the service is composed in process
      And the class "8B" with the students "Elsa Lind" and "Omar Said"
      When the service is given twice <a piece of work>
      Then each time all was new, and all was closed

      Examples: It ends well
        | a piece of work        |
        | a request for classes  |
        | a new student          |
        | an event that is stored |

      Examples: It ends with an error
        | a piece of work                           |
        | a request for what is not there           |
        | a student whose address is taken          |
        | an event for a class that nobody knows    |
        | an event whose connection is lost half-way |
