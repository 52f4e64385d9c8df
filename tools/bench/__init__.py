"""How fast the service is, as ratios to the bare work, measured in the same run; see `python -m tools.bench --help`."""
