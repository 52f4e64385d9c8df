@no_clean_feature
Feature: A feature whose clean-up fails

  Scenario: It passes itself
    When it passes
