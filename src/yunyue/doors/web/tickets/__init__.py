"""Tickets and incidents: the queue by clock, a ticket with its notes, an incident with its timeline."""
