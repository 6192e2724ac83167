"""What can be ordered, and the shape every service has."""
