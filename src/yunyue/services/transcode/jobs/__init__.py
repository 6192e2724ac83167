"""Durable jobs: queued with priorities, leased to workers on any machine, retried by class, resumed after a crash."""
