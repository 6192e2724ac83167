"""Promises of the journal that were broken: what it kept, or was asked for, contradicts itself."""


class JournalError(Exception):
    """Something the journal relies on does not hold."""


class BrokenTree(JournalError):
    """Stored hashes, tiles or positions do not form one tree."""
