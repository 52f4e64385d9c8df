"""How the ports of the application are served: PostgreSQL, Redis, Kafka."""
