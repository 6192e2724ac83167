"""What a door hands in to be recorded, and on whose behalf."""

from dataclasses import dataclass
from datetime import datetime

from yunyue.journal.facts import Payload


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records and through what: a pseudonym such as "user:7", and a CloudEvents source such as "/console"."""

    actor: str
    source: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at a moment. An id of the caller's own makes a repeated call harmless."""

    said: Payload
    at: datetime
    id: str = ""
