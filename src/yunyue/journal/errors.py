"""Promises of the journal that were broken."""


class JournalBroken(Exception):
    """The stored journal contradicts itself or its proofs; the message says where."""


class NotCanonical(JournalBroken):
    """Bytes that should be the canonical form of a fact are not."""
