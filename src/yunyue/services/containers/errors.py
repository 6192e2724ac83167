"""Promises that an engine of the containers service broke."""


class EngineGone(Exception):
    """The engine does not answer; what was asked may or may not have happened."""


class EngineSaid(Exception):
    """The engine answered with an error: its status and its own words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
