"""Alerts over metrics, behind gateways, in maintenance, taken on, gathered, and of what never said a word."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from services_cast import START, TestHost, order
from test_monitor_alert_path import SECRET, AlertPath, Receiver, told, write

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import ExclusionApproved, ExclusionRequested
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.alerts.ledger import Ledger
from yunyue.services.monitor.alerts.register import acknowledge, alerts
from yunyue.services.monitor.alerts.rules import Burn, Promql
from yunyue.services.monitor.metrics.scraped import Scraped, sort
from yunyue.services.monitor.metrics.store import close_stores, store
from yunyue.services.monitor.service import service
from yunyue.sla.span import milliseconds

HOOK: dict[str, Any] = {"type": "webhook", "name": "hook", "url": "http://127.0.0.1:9/in", "secret": SECRET}


@pytest.fixture
def host(tmp_path: Path) -> Any:
    made = TestHost(tmp_path)
    yield made
    close_stores([made.folder])


def rule(when: dict[str, object], **more: object) -> dict[str, object]:
    return {"name": "r", "when": when, "channels": ["hook"], "clear": 0, **more}


def walk(host: TestHost, rules: list[dict[str, Any]], steps: Any, **more: Any) -> list[tuple[str, str]]:
    """Instance and turn of every notice, in order."""
    write(host, [HOOK], rules, **more)
    asyncio.run(steps(AlertPath(host)))
    queue = Ledger(host.folder).queue("hook")
    return [(one.instance, one.turn) for one in queue.waiting if one.rule != "alert-path"]


def measured(host: TestHost, name: str, value: float, **labels: str) -> None:
    now = milliseconds(host.now())
    kept = store(host.folder).add(Scraped(((sort({"__name__": name, **labels}), ((now, value),)),)), now)
    assert kept == 1


class TestMetrics:
    def test_every_series_an_expression_gives_is_an_alert_until_it_is_given_no_more(self, host: TestHost) -> None:
        async def steps(path: AlertPath) -> None:
            measured(host, "load", 9.0, node="a")
            measured(host, "load", 1.0, node="b")
            await path.pass_(5)
            measured(host, "load", 8.0, node="b")
            await path.pass_(5)
            host.forward(1)
            measured(host, "load", 2.0, node="a")
            await path.pass_(5)

        found = walk(host, [rule({"type": "promql", "query": "load > 5"})], steps)
        assert found == [('{node="a"}', "firing"), ('{node="b"}', "firing"), ('{node="a"}', "resolved")]

    def test_absent_metrics_are_an_alert(self, host: TestHost) -> None:
        async def steps(path: AlertPath) -> None:
            measured(host, "up", 1.0, job="db")
            await path.pass_(5)
            await path.pass_(400)

        found = walk(host, [rule({"type": "promql", "query": 'absent(up{job="db"})'})], steps)
        assert found == [('{job="db"}', "firing")]

    def test_an_expression_outside_our_part_is_refused_with_its_place(self, host: TestHost) -> None:
        text = b'{"rules":[{"name":"r","channels":[],"when":{"type":"promql","query":"topk(3, x) > 1"}}]}'
        refused = config.save(host.folder, text)
        assert "position 1: topk" in str(refused)

    def test_a_bare_number_is_no_condition(self) -> None:
        with pytest.raises(ValueError, match="number"):
            Promql("1 + 1")

    def test_a_rule_nobody_can_judge_stops_no_other(self, host: TestHost) -> None:
        async def steps(path: AlertPath) -> None:
            measured(host, "x", 9.0, node="a")
            measured(host, "x", 9.0, node="b")
            await path.pass_(5)

        ambiguous = {**rule({"type": "promql", "query": "x * on () x"}), "name": "odd"}
        found = walk(host, [ambiguous, rule({"type": "promql", "query": "x > 1"})], steps)
        assert [one for one, _ in found] == ['{node="a"}', '{node="b"}']


class TestAbsent:
    def test_an_instance_that_never_said_a_word_is_missed_too(self, host: TestHost) -> None:
        service.provision(order("o1"), host)

        async def steps(path: AlertPath) -> None:
            await path.pass_(5)
            await path.pass_(100)
            await path.pass_(100)

        assert walk(host, [rule({"type": "absent", "minutes": 3})], steps) == [("o1", "firing")]

    def test_a_paused_instance_is_not_missed(self, host: TestHost) -> None:
        service.provision(order("o1"), host)

        async def steps(path: AlertPath) -> None:
            await path.pass_(5)
            service.operate("o1", "pause", host)
            await path.pass_(300)

        assert walk(host, [rule({"type": "absent", "minutes": 3})], steps) == []


class TestBehind:
    MISSES = rule({"type": "misses", "n": 1, "m": 1})

    def placed(self, host: TestHost) -> None:
        service.provision(order("gate"), host)
        service.provision(order("inner", "bureau", behind="gate"), host)

    def test_what_lies_behind_a_gateway_that_is_down_is_not_alarmed(self, host: TestHost) -> None:
        self.placed(host)

        async def steps(path: AlertPath) -> None:
            await path.sample("", "gate", "inner")
            await path.sample("refused", "gate", "inner")
            await path.sample("refused", "inner")

        assert walk(host, [self.MISSES], steps) == [("gate", "firing")]

    def test_it_waits_for_the_gateways_word(self, host: TestHost) -> None:
        self.placed(host)

        async def steps(path: AlertPath) -> None:
            await path.sample("", "gate", "inner")
            await path.sample("refused", "inner")
            await path.sample("refused", "gate")

        assert walk(host, [self.MISSES], steps) == [("gate", "firing")]

    def test_it_is_alarmed_when_the_gateway_is_well(self, host: TestHost) -> None:
        self.placed(host)

        async def steps(path: AlertPath) -> None:
            await path.sample("refused", "inner")
            await path.sample("", "gate")

        assert walk(host, [self.MISSES], steps) == [("inner", "firing")]

    def test_it_is_alarmed_when_the_gateway_comes_back_and_it_does_not(self, host: TestHost) -> None:
        self.placed(host)

        async def steps(path: AlertPath) -> None:
            await path.sample("refused", "gate", "inner")
            await path.sample("refused", "inner")
            await path.sample("", "gate")
            await path.sample("refused", "inner", wait=130)

        assert ("inner", "firing") in walk(host, [self.MISSES], steps)


def maintained(host: TestHost, length: timedelta) -> None:
    """One side asks for a window from now on, and the other approves it."""
    asked = ExclusionRequested(
        exclusion="w1",
        objective="monitor-availability",
        start=START,
        end=START + length,
        ground="maintenance",
        reason="new disks",
    )
    for number, (actor, said) in enumerate(
        (("provider:wang", asked), ("client:li", ExclusionApproved(exclusion="w1")))
    ):
        fact = Fact(id=f"f{number}", source="/console", time=START, subject="c", actor=actor, data=said)
        host.facts.append(fact)


def test_in_an_approved_maintenance_nobody_is_told_and_the_window_is_named(host: TestHost) -> None:
    maintained(host, timedelta(hours=1))

    async def steps(path: AlertPath) -> None:
        await path.sample("refused")

    assert walk(host, [rule({"type": "misses", "n": 1, "m": 1})], steps) == []
    assert [one.silence for one in alerts(host.folder)] == ["maintenance:w1"]


def test_what_is_still_down_when_its_maintenance_is_over_is_told(host: TestHost) -> None:
    maintained(host, timedelta(minutes=1))

    async def steps(path: AlertPath) -> None:
        await path.sample("refused", wait=30)
        await path.sample("refused", wait=60)

    assert walk(host, [rule({"type": "misses", "n": 1, "m": 1})], steps) == [("o1", "still")]


def test_an_alert_that_was_taken_on_is_not_escalated(host: TestHost) -> None:
    escalated = rule({"type": "misses", "n": 1, "m": 1}, escalate=[{"after": 1, "channels": ["hook"]}])

    async def steps(path: AlertPath) -> None:
        await path.sample("refused")
        (one,) = alerts(host.folder)
        acknowledge(host.folder, one.number, ("provider:wang", "on it"), milliseconds(host.now()))
        await path.pass_(300)

    assert walk(host, [escalated], steps) == [("o1", "firing")]


def test_one_that_nobody_took_on_is_escalated(host: TestHost) -> None:
    escalated = rule({"type": "misses", "n": 1, "m": 1}, escalate=[{"after": 1, "channels": ["hook"]}])

    async def steps(path: AlertPath) -> None:
        await path.sample("refused")
        await path.pass_(300)

    assert walk(host, [escalated], steps) == [("o1", "firing"), ("o1", "escalated")]


def test_what_follows_from_one_fault_is_one_message_and_an_outage_does_not_wait(host: TestHost) -> None:
    receiver = Receiver()
    minor = {"name": "minor", "when": {"type": "misses", "n": 1, "m": 1}, "channels": ["hook"], "severity": 3}

    async def steps(path: AlertPath) -> None:
        await path.sample("refused", "a")
        await path.sample("refused", "b")
        assert receiver.got == []
        await path.pass_(30)

    told(host, receiver, steps, {"gather": 30}, rules=[minor])
    assert [sorted(one for one, _ in turns) for turns in receiver.turns] == [["a", "b"]]


def test_an_outage_is_told_at_once_by_a_channel_that_gathers(host: TestHost) -> None:
    receiver = Receiver()

    async def steps(path: AlertPath) -> None:
        await path.sample("refused")

    told(host, receiver, steps, {"gather": 600})
    assert len(receiver.got) == 1


def test_a_budget_without_a_target_is_that_of_the_contract(host: TestHost) -> None:
    burn = rule({"type": "burn", "pairs": [{"long": 60, "short": 5, "tenfold": 144}]})

    async def steps(path: AlertPath) -> None:
        for _ in range(20):
            await path.sample("refused", wait=60)

    assert walk(host, [burn], steps) == [("o1", "firing")]
    assert Burn().target == 0
