"""A sample that the series has not taken yet."""

import msgspec


class Waiting(msgspec.Struct, frozen=True):
    """One attempt: of an order, for an indicator, at a moment (ms), with its error (empty: good) and microseconds."""

    order: str
    indicator: str
    at: int
    error: str
    micros: int
