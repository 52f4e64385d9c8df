"""The verbs around the suite: checks, mutants, measurements, endurance. They run behave from outside."""
