"""Promises of the journal that were broken."""


class JournalBroken(Exception):
    """The stored journal contradicts itself or its proofs; the message says where."""


class NotCanonical(JournalBroken):
    """Bytes that should be the canonical form of a fact are not."""


class BrokenTree(JournalBroken):
    """Stored hashes, tiles, notes or positions do not form one signed tree."""
