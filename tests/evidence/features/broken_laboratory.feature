@laboratory
Feature: What breaks in a laboratory has to explain itself

  Background:
    Given the service runs
    And the class "8B" with the students "Elsa Lind" and "Omar Said"

  Scenario: The service died
    Given the service has died
    When the NLP service suggests for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |
    Then exactly these associations are stored for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |

  Scenario: The database hangs
    Given the database hangs while nobody looks
    When the NLP service suggests for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |
    Then exactly these associations are stored for "Autumn essays":
      | essay     | student   |
      | My summer | Elsa Lind |
