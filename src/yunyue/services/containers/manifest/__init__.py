"""What people hand in: Kubernetes YAML and Compose files, read into frozen objects or refused by field."""
