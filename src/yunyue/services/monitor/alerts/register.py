"""The alerts there were and are, each with who was told, who took it on and when it was over.

For whoever shows them: `alerts(folder)` with the service's own folder, and `acknowledge` when somebody takes one on.
An acknowledgement is a row that stays; it ends the escalation of that alert and nothing else.
"""

from dataclasses import dataclass
from pathlib import Path

from yunyue.answer import Refused
from yunyue.services.monitor.alerts.ledger import HEARTBEAT, Ledger
from yunyue.services.monitor.table import Table


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert. `number`: of the notice it began with. Times in ms: fired, over (0: it still fires), taken on (0: not).

    `channels` were told it began; `escalated`: how often it was escalated; `silence`: what kept it from being sent.
    """

    number: int
    rule: str
    instance: str
    severity: int
    about: str
    fired: int
    over: int
    channels: tuple[str, ...]
    escalated: int
    silence: str
    taken: int
    who: str
    why: str

    @property
    def firing(self) -> bool:
        """Whether it still fires."""
        return not self.over


_FIRED = """
SELECT min(number), rule, instance, severity, about, at, group_concat(channel, ' '), max(silence) FROM notices
WHERE turn = 'firing' AND rule <> ? GROUP BY rule, instance, at ORDER BY min(number) DESC LIMIT ?
"""
_OVER = "SELECT min(at) FROM notices WHERE (rule, instance, turn) = (?, ?, 'resolved') AND number > ?"
_ESCALATED = """
SELECT count(DISTINCT at) FROM notices
WHERE (rule, instance, turn) = (?, ?, 'escalated') AND number > ? AND at <= ?
"""
_TAKEN = "SELECT at, who, why FROM acknowledgements WHERE notice = ? ORDER BY number LIMIT 1"
FOREVER = 2**62


def alerts(folder: Path, limit: int = 200) -> tuple[Alert, ...]:
    """The newest alerts, newest first."""
    with _table(folder).open() as db:
        found = []
        for number, rule, instance, severity, about, at, channels, silence in db.execute(
            _FIRED, (HEARTBEAT, limit)
        ).fetchall():
            over = db.execute(_OVER, (rule, instance, number)).fetchone()[0] or 0
            steps = db.execute(_ESCALATED, (rule, instance, number, over or FOREVER)).fetchone()[0]
            taken = db.execute(_TAKEN, (number,)).fetchone() or (0, "", "")
            told = tuple(channels.split())
            found.append(Alert(number, rule, instance, severity, about, at, over, told, steps, silence, *taken))
        return tuple(found)


def acknowledge(folder: Path, number: int, said: tuple[str, str], at: int) -> Alert | Refused:
    """`said`, who and why, takes on the alert of that number (ms). Refused: no such alert, it is over, it is taken."""
    found = next((one for one in alerts(folder, FOREVER) if one.number == number), None)
    if found is None:
        return Refused(f"there is no alert {number}", "alert", "C37")
    if found.over:
        return Refused(f"alert {number} is over", "alert", "C37")
    if found.taken:
        return Refused(f"{found.who} took on alert {number} already", "alert", "C37")
    who, why = said
    Ledger(folder).acknowledge(number, who, why, at)
    return next(one for one in alerts(folder, FOREVER) if one.number == number)


def _table(folder: Path) -> Table:
    Ledger(folder)
    return Table(folder / "alerts.sqlite", "")
