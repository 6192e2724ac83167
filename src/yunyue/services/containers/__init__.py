"""Containers (容器服务): in the catalogue, not yet available."""
