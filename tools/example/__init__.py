"""The service to click around in, and a script that plays the platform; see `python -m tools.example --help`."""
