"""Changes over HTTP while Kafka goes down again and again, two replicas relaying; see `--help`."""
