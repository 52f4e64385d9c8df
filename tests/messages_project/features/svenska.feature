# language: sv
Egenskap: Ett annat språk

  Scenario: Går också
    Givet it passes
