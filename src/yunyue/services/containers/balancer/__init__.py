"""Spreads requests over ready replicas: HAProxy, one for each project, changed while it runs and never reloaded."""
