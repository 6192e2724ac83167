"""A contract year in under two minutes: real requests, a real outage, every amount proven at the end."""
