"""Kafka in: the topic of suggestions, from the fetched record to the committed offset."""
