"""Alerts: rules over samples, what fires, who is told, and the record of telling them."""
