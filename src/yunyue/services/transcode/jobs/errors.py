"""Promises that the queue's storage broke."""


class QueueBroken(Exception):
    """The database of jobs cannot be read or written, or belongs to another version."""
