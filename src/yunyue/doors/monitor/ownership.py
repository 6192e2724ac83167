"""Proving at the doors that a public name is a department's: what it is to publish, and the look that records it."""

import asyncio
from pathlib import Path
from threading import Thread

from yunyue.answer import Refused
from yunyue.journal.facts import OwnershipProven
from yunyue.kernel import Happening, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor import ownership
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.ownership import LABEL, PATH, Means

MOST_NAME = 253
MOST_TENANT = 128


def to_publish(hosting: Hosting, contract: str, tenant: str, name: str) -> dict[str, str] | Refused:
    """The word, and the two places for it: a TXT record or a file. Refused: no department, no public name."""
    if (why := _unasked(tenant, name)) is not None:
        return why
    word = ownership.challenge(Path(hosting.host(contract, ENTRY.code).folder), tenant, name)
    plain = name.strip().lower().rstrip(".")
    return {"word": word, "dns": f"{LABEL}.{plain} TXT", "http": f"http://{plain}{PATH}"}


def prove(
    hosting: Hosting, contract: str, claim: tuple[str, str, Means], recorder: Recorder, resolver: str = ""
) -> OwnershipProven | Refused:
    """Look whether the word is published, and record it; `claim`: the department, the name, and where to look.

    Refused: as `to_publish`, and when it is not found. A name that is proven already is not recorded again.
    """
    tenant, name, means = claim
    if (why := _unasked(tenant, name)) is not None:
        return why
    host = hosting.host(contract, ENTRY.code)
    found = _at_once(ownership.prove(host, tenant, name, means, resolver))
    if isinstance(found, Refused) or found.name in proven(hosting, contract, tenant):
        return found
    happening = Happening(found, hosting.kernel.clock.now())
    done = hosting.kernel.record(contract, [happening], recorder)
    return done if isinstance(done, Refused) else found


def proven(hosting: Hosting, contract: str, tenant: str = "") -> dict[str, str]:
    """Names that are proven and whose they are; with a department only its own."""
    said = [one.fact.data for one in hosting.kernel.facts(contract, OwnershipProven)]
    return {one.name: one.tenant for one in said if isinstance(one, OwnershipProven) and tenant in ("", one.tenant)}


def _unasked(tenant: str, name: str) -> Refused | None:
    if not 0 < len(tenant) <= MOST_TENANT:
        return Refused("a department is needed", "tenant", "C37")
    if not 0 < len(name) <= MOST_NAME:
        return Refused(f"{name[:MOST_NAME]!r} is no public name", "name", "C37")
    return ownership.no_name(name)


def _at_once(looking: "ownership.Looking") -> OwnershipProven | Refused:
    """In a thread of its own, since the caller may stand inside an event loop."""
    found: list[OwnershipProven | Refused] = []
    thread = Thread(target=lambda: found.append(asyncio.run(looking)), name="prove")
    thread.start()
    thread.join()
    return found[0]
