"""How the world reaches the use cases: HTTP and Kafka."""
