"""The service at work while everything around it, and itself, goes down; see `python -m tools.soak_service --help`."""
