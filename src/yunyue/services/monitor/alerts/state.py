"""The life of an alert: quiet, pending, firing, and quiet again once it has been calm for long enough. Pure."""

from dataclasses import dataclass, replace
from typing import Literal

from yunyue.services.monitor.alerts.rules import Rule

Turn = Literal["firing", "still", "resolved"]
"""`still`: it fired in a silence that is over, and now somebody is told."""

FLAPS = 3
WITHIN_MS = 3_600_000
CALM_MS = 1_800_000


@dataclass(frozen=True, slots=True)
class State:
    """Since when the condition holds, when it last held, when the alert fired (ms; 0: not), and earlier firings."""

    since: int = 0
    held: int = 0
    firing: int = 0
    fired: tuple[int, ...] = ()
    escalated: int = 0
    """How many steps of the escalation were taken."""
    muted: str = ""
    """The silence in which it fired, as long as nobody was told."""

    @property
    def flapping(self) -> bool:
        """Whether it fired too often within the hour before the condition last held."""
        return sum(self.held - one < WITHIN_MS for one in self.fired) >= FLAPS


def step(state: State, rule: Rule, held: bool | None, now: int) -> tuple[State, Turn | None]:
    """The state after the condition was judged at `now` (ms), and what turned. None, unknown, changes nothing."""
    match held:
        case None:
            return state, None
        case True:
            return _held(state, rule, now)
        case False:
            return _gone(state, rule, now)


def _held(state: State, rule: Rule, now: int) -> tuple[State, Turn | None]:
    state = replace(state, since=state.since or now, held=now)
    if state.firing or now - state.since < rule.pending * 1000:
        return state, None
    recent = tuple(one for one in state.fired if now - one < WITHIN_MS)
    return replace(state, firing=now, fired=(*recent, now)), "firing"


def _gone(state: State, rule: Rule, now: int) -> tuple[State, Turn | None]:
    if not state.firing:
        return replace(state, since=0), None
    calm = CALM_MS if state.flapping else rule.clear * 1000
    if now - state.held < calm:
        return state, None
    return replace(state, since=0, firing=0, escalated=0), "resolved"


def heard(state: State, turn: Turn | None, silence: str) -> tuple[State, Turn | None]:
    """What a silence (its name, empty: none) makes of a turn: an alert that outlasts it is told when it is over."""
    if turn == "firing":
        return replace(state, muted=silence), turn
    if state.firing and state.muted and not silence:
        return replace(state, muted=""), "still"
    return state, turn


def escalate(state: State, rule: Rule, now: int) -> tuple[State, tuple[str, ...]]:
    """The channels to tell as well at `now` (ms), because the alert still fires; each step is taken once."""
    if not state.firing:
        return state, ()
    due = [one for one in rule.escalate[state.escalated :] if now - state.firing >= one.after * 60_000]
    told = tuple(channel for one in due for channel in one.channels)
    return replace(state, escalated=state.escalated + len(due)), told
