"""Containers (容器服务): projects that run Kubernetes manifests, on podman here or on a cluster elsewhere."""
