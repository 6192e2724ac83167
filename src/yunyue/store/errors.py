"""What may go wrong with the journal on disk that no caller can have asked for."""

from yunyue.journal.errors import JournalBroken


class StorageFailed(JournalBroken):
    """The disk or database failed in a way that leaves open what is durable: close, run fsck, open again."""


class NotThisJournal(JournalBroken):
    """The file or database is not a journal, is another journal, or was made by a newer version."""


__all__ = ["JournalBroken", "NotThisJournal", "StorageFailed"]
