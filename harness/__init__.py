"""The machinery of the suite: behave, dishka, containers, Kafka, SQL, and not one word about the service's domain."""
