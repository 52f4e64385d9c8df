"""What the service is about, without knowing how it is stored, published or asked for."""
