"""Chooses, once, the second octet of an installation's addresses: one that neither this machine's networks nor another

installation has. Two that share one would stop each other's networks from being made.
"""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.podman.places import FIRST_OCTET, OCTETS, Places

CLAIM: Final = "octet"
"""Where, under /run, others see what an installation took before it has a network."""

TEN: Final = re.compile(r"\b10\.(\d+)\.")


def choose(places: Places, path: str) -> Refused | None:
    """Keep one, unless one is kept. `path`: where programs are. Refused: every one is taken."""
    if not places.octet_file.exists():
        found = free(places.octet(), taken(path)) if not places.configuration.exists() else places.octet()
        if found is None:
            return Refused("every network from 10.64.0.0/16 to 10.191.0.0/16 is taken on this machine", "engine", "C37")
        draft = places.octet_file.with_suffix(".draft")
        draft.write_text(str(found))
        draft.rename(places.octet_file)
    (places.run / CLAIM).write_text(str(places.octet()))
    return None


def free(first: int, used: Iterable[int]) -> int | None:
    """The first octet nobody has, from one on and around; None when there is none."""
    gone = set(used)
    every = (FIRST_OCTET + (first - FIRST_OCTET + step) % OCTETS for step in range(OCTETS))
    return next((one for one in every if one not in gone), None)


def taken(path: str) -> set[int]:
    """Octets of this machine's routes, of every table, and those other installations claimed."""
    command = ["ip", "-4", "route", "show", "table", "all"]
    said = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False).stdout
    claimed = [one.read_text() for one in Path("/run").glob(f"yunyue-*/{CLAIM}")]
    return {int(one) for one in TEN.findall(said)} | {int(one) for one in claimed if one.isdecimal()}
