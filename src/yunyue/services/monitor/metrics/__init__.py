"""Metrics: numbers under names and labels, from hosts, from endpoints that are scraped, and from Prometheus."""
