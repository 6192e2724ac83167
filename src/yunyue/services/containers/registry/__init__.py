"""The installation's own image registry: Debian's docker-registry, and who may push and pull what."""
