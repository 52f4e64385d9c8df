"""What the service does: use cases over ports; knows the domain alone."""
