"""Promises of the settlement that were broken."""

from yunyue.answer import Refused


class SupplementBroken(Exception):
    """A recorded supplement does not fit the terms it amends, although it was checked when it was recorded."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
