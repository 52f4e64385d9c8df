"""Who acts and who looks: the people and services around the service under test."""
