"""What may go wrong with the journal on disk that no caller can have asked for."""

from yunyue.journal.errors import JournalBroken


class StorageFailed(JournalBroken):
    """The disk or database failed in a way that leaves open what is durable: close, run fsck, open again."""


class NotThisJournal(JournalBroken):
    """Not a journal, another journal, one made by a newer version, or one damaged beyond reading."""


__all__ = ["JournalBroken", "NotThisJournal", "StorageFailed"]
