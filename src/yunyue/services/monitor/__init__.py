"""Monitoring (监测): probes of the targets a tenant names, their incidents, and what they say of availability."""
