@feature_tag
Feature: Everything that a feature can hold
  Free text,
  of two lines.

  Background: What all have in common
    Given it passes

  Scenario: A table, a text and attachments
    Given a step with a story
    Then this table:
      | a   | b     |
      | one | <two> |
    And this text:
      """
      </script><script>alert("no")</script>
      """
    * a picture is kept

  Scenario: Other expressions
    Given 12 parsed things
    And some things by pattern

  @outline
  Scenario Outline: A box that is <colour>
    Given a <colour> box with <number> things and "a, b"

    @first
    Examples: Those that hold
      | colour | number |
      | red    | 3      |
      | blue   | 7      |

    Examples: Those that do not
      | colour | number |
      | red    | 4      |

  @P1 @core
  Rule: A promise
    What it says.

    Background:
      Given it passes

    Scenario: Holds
      When it passes
      Then it passes
