"""The group of commands, and what they share: the contract's monitoring, and moments in Beijing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.doors.cli.command import SpokenGroup, option
from yunyue.doors.cli.offices import hosted
from yunyue.doors.cli.voice import Declined
from yunyue.host.clock import BEIJING
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor.entry import ENTRY
from yunyue.settlement.statement import Said

group = SpokenGroup(
    "monitor",
    said=Said("监测：目标、结果、余量、发现、告警、拨测点、看板", "Monitoring: targets, results, budgets, alerts"),
)
actor = option("--actor", zh="操作人（假名）", en="who does it (a pseudonym)")


@contextmanager
def watching(contract: str) -> Iterator[tuple[Hosting, Host]]:
    """The installation, and monitoring's place in it for a contract. Raises Declined for a contract there is not."""
    with hosted() as hosting:
        known = hosting.kernel.registered_terms(contract)
        if isinstance(known, Refused):
            raise Declined(known)
        yield hosting, hosting.host(contract, ENTRY.code)


def folder(host: Host) -> Path:
    """Where monitoring keeps its own state."""
    return Path(host.folder)


def moment(milliseconds: int) -> str:
    """A moment (ms) in Beijing; empty for none."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, BEIJING):%Y-%m-%d %H:%M:%S}" if milliseconds else ""
