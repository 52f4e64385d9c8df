"""What is written about a run while it goes on and when it has ended: behave's formatters and reporters."""
