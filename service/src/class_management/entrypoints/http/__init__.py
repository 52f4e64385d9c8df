"""The HTTP API (contract §6)."""
