"""The contract kept in a hurry. What it breaks stands in breaches.toml."""
