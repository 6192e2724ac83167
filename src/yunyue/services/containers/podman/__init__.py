"""The engine on this machine: podman by its REST API, and everything Kubernetes would add, in one reconcile loop."""
