Feature: Every way to end

  Scenario: passed
    When it passes

  Scenario: failed
    When it fails
    Then it passes

  Scenario: error
    When it breaks
    Then it passes

  Scenario: undefined
    When nobody knows this
    Then it passes
    And nobody knows that

  Scenario: pending
    When it is pending
    Then it passes

  @wip
  Scenario: pending, and accepted
    When it is pending
    Then it passes

  @skipped_by_a_hook
  Scenario: skipped by a hook
    When it passes

  Scenario: skipped by a step
    When it leaves off
    Then it passes

  @no_before
  Scenario: before_scenario fails
    When it passes

  @no_tag
  Scenario: before_tag fails
    When it passes

  Scenario: before_step fails
    When a step whose hook fails
    Then it passes

  @no_after
  Scenario: after_scenario fails
    When it passes

  @no_clean_up
  Scenario: clean-up fails
    When it passes

  Scenario: without steps

  @no_rule
  Rule: before_rule fails

    Scenario: not come to
      When it passes
