"""Promises of the settlement that were broken."""


class SupplementBroken(Exception):
    """A recorded supplement does not fit the terms it amends, although it was checked when it was recorded."""

    def __init__(self, supplement: str, reason: str) -> None:
        super().__init__(f"supplement {supplement}: {reason}")
