"""What goes wrong with a series beyond what its callers can expect."""


class SeriesDamaged(Exception):
    """The series is not what it was when it was written, or a write could not be made durable; stop and check it."""


class EngineFailed(Exception):
    """The engine that answers questions does not, or not as it should; the samples themselves are untouched."""
