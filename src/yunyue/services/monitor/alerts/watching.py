"""Judges the rules as samples come in, writes down what turned, and tells the channels; and watches that it does.

The path of alerts is itself watched: a channel that has not taken its messages for five minutes is an alert to all
others, and a channel with a heartbeat gets a sign of life, whose absence the receiver notices when all of us is down.
"""

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Host, Sample
from yunyue.host.log import logger
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.alerts.channels import Channel
from yunyue.services.monitor.alerts.condition import holds
from yunyue.services.monitor.alerts.history import LONGEST, MINUTE, History
from yunyue.services.monitor.alerts.ledger import HEARTBEAT, Ledger, Notice
from yunyue.services.monitor.alerts.message import moment
from yunyue.services.monitor.alerts.rules import Burn, Promql, Rule
from yunyue.services.monitor.alerts.send import send
from yunyue.services.monitor.alerts.state import State, escalate, heard, step
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.maintenance import Maintenance, windows
from yunyue.services.monitor.metrics.promql import evaluate, parse
from yunyue.services.monitor.metrics.promql.evaluate import Ambiguous
from yunyue.services.monitor.metrics.scraped import Labels
from yunyue.services.monitor.metrics.store import store
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.points.register import Points
from yunyue.sla.span import milliseconds
from yunyue.workdays import STATE_COUNCIL

log = logger(__name__)

JUDGE_MS: Final = 5_000
FIRST_PAUSE_MS: Final = 2_000
LONGEST_PAUSE_MS: Final = 600_000
STUCK_MS: Final = 300_000
STUMBLED_MS: Final = 300_000
"""A channel whose messages could not be written down is left alone for so long."""

PATH: Final = "alert-path"
POINT: Final = "probe-point"
GATEWAY_MS: Final = 120_000
"""So long the word of a gateway is waited for before what lies behind it is alarmed."""


@dataclass(frozen=True, slots=True)
class Health:
    """When rules were last judged (ms), and how old the oldest message is that each stuck channel has yet to take."""

    judged: int
    stuck: dict[str, int]


class Alerting:
    """The alerts of one host. Give it every sample, and call `tick` often."""

    def __init__(self, host: Host, indicator: str) -> None:
        self._host = host
        self._indicator = indicator
        self._folder = Path(host.folder)
        self._ledger = Ledger(self._folder)
        self._config = config.Config()
        self._stamp = 0
        self._histories: dict[str, History] = {}
        self._states: dict[tuple[str, str], State] = {
            key: State(since=at, held=at, firing=at, fired=(at,), escalated=escalated, muted=muted)
            for key, (at, escalated, muted) in self._ledger.firing().items()
        }
        self._version = -1
        self._followed: set[str] = set()
        self._gateways: dict[str, str] = {}
        self._taken: frozenset[tuple[str, str]] = frozenset()
        self._maintained: tuple[Maintenance, ...] = ()
        self._judged = 0
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._stumbled: dict[str, int] = {}

    def observe(self, sample: Sample) -> None:
        """Take in a sample."""
        if sample.indicator == self._indicator:
            self._histories.setdefault(sample.instance, History()).add(sample)

    async def tick(self) -> None:
        """Judge when it is time, and see to it that messages are on their way."""
        now = milliseconds(self._host.now())
        if abs(now - self._judged) >= JUDGE_MS:
            self._judged = now
            await self._reload(now)
            if self._config.channels or self._config.rules or self._states:
                await asyncio.to_thread(self._judge_safely, now)
                self._deliver(now)

    async def settle(self) -> None:
        """Wait for the messages under way."""
        await asyncio.gather(*self._sending.values())

    async def close(self) -> None:
        """Stop; what was not sent is sent after the next start."""
        for task in self._sending.values():
            task.cancel()
        await asyncio.gather(*self._sending.values(), return_exceptions=True)

    def health(self) -> Health:
        """How the path of alerts does."""
        now = milliseconds(self._host.now())
        waiting = {one.name: self._ledger.queue(one.name).waiting for one in self._config.channels}
        stuck = {name: now - found[0].at for name, found in waiting.items() if found}
        return Health(self._judged, {name: age for name, age in stuck.items() if age >= STUCK_MS})

    async def _reload(self, now: int) -> None:
        """Take in the file when it was changed; one that is not right changes nothing, and is said."""
        await asyncio.to_thread(self._follow, now)
        file = config.path(self._folder)
        stamp = file.stat().st_mtime_ns if file.exists() else 0
        if stamp == self._stamp:
            return
        self._stamp = stamp
        found = config.load(self._folder)
        if isinstance(found, Refused):
            log.error("the rules of alerts are not right; the former ones stay", reason=str(found))
            return
        self._config = msgspec.structs.replace(found, rules=tuple(self._with_objective(one) for one in found.rules))
        if any(isinstance(one.when, Burn) for one in found.rules):
            await asyncio.to_thread(self._remember, now)

    def _follow(self, now: int) -> None:
        """Listen to every instance that runs, and to no other: a paused one is not silent, it is paused."""
        instances = Instances(self._folder)
        if instances.version == self._version:
            return
        self._version = instances.version
        running = {one.order: one for one in instances.all() if one.state == "running"}
        self._gateways = {one.order: one.probe.behind for one in running.values() if one.probe.behind}
        for order in running:
            self._histories.setdefault(order, History(now // MINUTE))
        for order in self._followed - set(running):
            self._histories.pop(order, None)
        self._followed = set(running)

    def _with_objective(self, rule: Rule) -> Rule:
        """A budget without a target of its own is that of the contract's objective."""
        if not isinstance(rule.when, Burn) or rule.when.target:
            return rule
        mine = [one for one in self._host.objectives("monitor") if one.indicator == self._indicator]
        target = min(99_999, int(mine[0].target * 1000)) if mine else 99_900
        return msgspec.structs.replace(rule, when=msgspec.structs.replace(rule.when, target=target))

    def _remember(self, now: int) -> None:
        """Rules over days look at what was before the start."""
        for instance in self._host.series.latest(self._indicator):
            known = self._histories.get(instance)
            if (known is None or known.last is None) and any(
                isinstance(one.when, Burn) and one.covers(instance) for one in self._config.rules
            ):
                seen = self._host.series.windows(instance, self._indicator, now - LONGEST * MINUTE, now)
                self._histories.setdefault(instance, History()).fill(seen.minutes)

    def _judge_safely(self, now: int) -> None:
        """What could not be written down did not turn: judged again, it turns again, and nobody goes untold."""
        before = dict(self._states)
        try:
            self._judge(now)
        except BaseException:
            self._states = before
            raise

    def _judge(self, now: int) -> None:
        turned: list[tuple[str, Notice]] = []
        self._taken = self._ledger.acknowledged()
        self._maintained = tuple(one for one in windows(self._host) if one.covers(now))
        for rule in self._config.rules:
            if isinstance(rule.when, Promql):
                turned += self._judge_metrics(rule, rule.when, now)
                continue
            for instance, history in list(self._histories.items()):
                if rule.covers(instance):
                    held = self._unless_behind(instance, holds(rule.when, history, now), now)
                    turned += self._stepped(rule, instance, held, now)
        turned += self._drop(now)
        turned += self._watch_path(now)
        turned += self._watch_points(now)
        turned += self._heartbeats(now)
        if turned:
            self._ledger.note(turned)

    def _judge_metrics(self, rule: Rule, when: Promql, now: int) -> list[tuple[str, Notice]]:
        """Every series the expression gives holds; one that fired and is not given any more does not."""
        try:
            found = evaluate(parse(when.query), store(self._folder), now)
        except (Ambiguous, sqlite3.Error) as error:
            log.error("a rule over metrics cannot be judged", rule=rule.name, reason=str(error))
            return []
        holding = {_named(labels) for labels in found} if isinstance(found, dict) else set()
        before = {instance for name, instance in self._states if name == rule.name}
        return [
            one
            for instance in sorted(holding | before)
            for one in self._stepped(rule, instance, instance in holding, now)
        ]

    def _drop(self, now: int) -> list[tuple[str, Notice]]:
        """An alert is over when its rule was taken out, or its instance is watched no more; nothing else ends it."""
        rules = {one.name: one for one in self._config.rules}
        found: list[tuple[str, Notice]] = []
        for key, state in list(self._states.items()):
            name, instance = key
            rule = rules.get(name)
            if not state.firing or name in (PATH, POINT) or (rule is not None and self._watches(rule, instance)):
                continue
            del self._states[key]
            channels, severity = (rule.channels, rule.severity) if rule else ((), 4)
            silence = self._silence(name, instance, now) or state.muted
            over = Notice(name, instance, "resolved", severity, "no longer watched", now, silence)
            found += self._to(channels, over)
        return found

    def _watches(self, rule: Rule, instance: str) -> bool:
        return isinstance(rule.when, Promql) or (instance in self._histories and rule.covers(instance))

    def _unless_behind(self, instance: str, held: bool | None, now: int) -> bool | None:
        """Of an instance behind a gateway nothing is said while the gateway fails, or was not asked since."""
        gateway = self._histories.get(self._gateways.get(instance, ""))
        if not held or gateway is None or not gateway.newest:
            return held
        newest = gateway.newest[-1]
        mine = self._histories[instance].newest
        unasked = bool(mine) and newest.ts < mine[-1].ts and now - mine[-1].ts < GATEWAY_MS
        return None if not newest.ok or unasked else held

    def _stepped(self, rule: Rule, instance: str, held: bool | None, now: int) -> list[tuple[str, Notice]]:
        key = (rule.name, instance)
        before = self._states.get(key, State())
        state, turn = step(before, rule, held, now)
        asked = turn is not None or (state.firing and (state.muted or rule.escalate))
        silence = self._silence(rule.name, instance, now) if asked else ""
        state, turn = heard(state, turn, silence)
        calm = key in self._taken or turn is not None or bool(silence)
        state, more = (state, ()) if calm else escalate(state, rule, now)
        self._states[key] = state
        if turn is None and not more:
            return []
        about = _about(rule, self._histories.get(instance), flapping=state.flapping)
        if turn is None:
            return self._to(more, Notice(rule.name, instance, "escalated", rule.severity, about, now))
        untold = before.muted if turn == "resolved" else ""
        return self._to(rule.channels, Notice(rule.name, instance, turn, rule.severity, about, now, silence or untold))

    def _to(self, names: tuple[str, ...], notice: Notice) -> list[tuple[str, Notice]]:
        """The notice for each channel these names stand for today; written down once without any."""
        channels = self._config.channels_of(names, moment(notice.at).date(), STATE_COUNCIL)
        return [(channel, notice) for channel in channels] or [("", notice)]

    def _silence(self, rule: str, instance: str, now: int) -> str:
        mine = next((one.name for one in self._config.silences if one.covers(rule, instance, now)), "")
        return mine or next((f"maintenance:{one.exclusion}" for one in self._maintained), "")

    def _watch_path(self, now: int) -> list[tuple[str, Notice]]:
        """A channel that is stuck is an alert to the others."""
        found: list[tuple[str, Notice]] = []
        stuck = self.health().stuck
        for one in self._config.channels:
            others = tuple(other.name for other in self._config.channels if other.name != one.name)
            rule = Rule(name=PATH, when=_NEVER, channels=others, severity=2)
            found += self._stepped(rule, one.name, one.name in stuck, now)
        return found

    def _watch_points(self, now: int) -> list[tuple[str, Notice]]:
        """A probe point that is silent is an alert to all: what it does not see, nobody sees."""
        found: list[tuple[str, Notice]] = []
        every = tuple(one.name for one in self._config.channels)
        rule = Rule(name=POINT, when=_NEVER, channels=every, severity=2)
        for one in Points(self._folder).all():
            if one.seen or one.ended:
                found += self._stepped(rule, one.name, not one.ended and one.silent(now), now)
        return found

    def _heartbeats(self, now: int) -> list[tuple[str, Notice]]:
        found = []
        for one in self._config.channels:
            queue = self._ledger.queue(one.name)
            if one.heartbeat and not queue.waiting and now - self._ledger.arrived(one.name) >= one.heartbeat * MINUTE:
                found.append((one.name, Notice(HEARTBEAT, one.name, "alive", 4, "the alert path works", now)))
        return found

    def _deliver(self, now: int) -> None:
        """Send what waits, each channel for itself: one that hangs holds up no other."""
        loop = asyncio.get_running_loop()
        for one in self._config.channels:
            under_way = self._sending.get(one.name)
            free = under_way is None or under_way.done()
            if free and abs(now - self._stumbled.get(one.name, 0)) >= STUMBLED_MS:
                self._sending[one.name] = loop.create_task(self._deliver_safely(one, now))

    async def _deliver_safely(self, channel: Channel, now: int) -> None:
        try:
            await self._deliver_to(channel)
        except Exception as error:  # on a full disk what arrived is not written down: nobody is told every five seconds
            log.error("telling of alerts stumbled", channel=channel.name, error=repr(error))
            self._stumbled[channel.name] = now

    async def _deliver_to(self, channel: Channel) -> None:
        """One that failed is left alone for a while."""
        queue = await asyncio.to_thread(self._ledger.queue, channel.name)
        now = milliseconds(self._host.now())
        pause = min(FIRST_PAUSE_MS << min(queue.failures - 1, 20), LONGEST_PAUSE_MS) if queue.failures else 0
        if not queue.waiting or now - queue.last < pause:
            return
        grave = any(one.severity == 1 for one in queue.waiting)
        if not grave and now - queue.waiting[0].at < channel.gather * 1000:
            return
        reason = await send(channel, queue.waiting, Network.of_operator(self._host), now)
        await asyncio.to_thread(self._ledger.delivered, channel.name, queue.waiting, now, reason)
        if reason:
            log.warning("an alert did not arrive", channel=channel.name, reason=reason, tries=queue.failures + 1)


def _named(labels: Labels) -> str:
    """A series as an alert names it: as in an expression, without its metric's name."""
    said = ",".join(f'{name}="{value}"' for name, value in labels if name != "__name__")
    return f"{{{said}}}"[:500]


_NEVER = Burn(target=99_999, pairs=())


def _about(rule: Rule, history: History | None, *, flapping: bool) -> str:
    """What a person reads: the kind of the rule, the newest failure, whether it flaps."""
    failed = [one.error for one in history.newest if not one.ok] if history else []
    own = {PATH: "messages are not taken", POINT: "nothing was heard for three minutes"}
    parts = [own.get(rule.name) or type(rule.when).__name__.lower()]
    parts += [f"newest failure {failed[-1]}"] if failed else []
    parts += ["flapping"] if flapping else []
    return ", ".join(parts)
