"""The pure parts: quantities, schedules, plans, routes, walls."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.services.containers.manifest.cron import Schedule, read_schedule
from yunyue.services.containers.manifest.objects import (
    DeploymentSpec,
    JobSpec,
    RollingUpdate,
    Selector,
    StatefulSetSpec,
    Strategy,
)
from yunyue.services.containers.manifest.pod import Container, PodSpec, Template
from yunyue.services.containers.manifest.quantity import amount, milli, octets
from yunyue.services.containers.podman.life import LONGEST_MS, back_off
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.planning import plan_deployment, plan_job, plan_stateful
from yunyue.services.containers.podman.walls import Wall, ruleset
from yunyue.services.containers.project.project import NEEDS, RANKS, may
from yunyue.services.containers.project.rows import Phase, ReplicaRow

BEIJING = ZoneInfo("Asia/Shanghai")
TEMPLATE = Template(spec=PodSpec(containers=(Container(name="a", image="b"),)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", "0.5"),
        ("1", "1"),
        ("1.5Gi", "1610612736"),
        ("128Mi", "134217728"),
        ("1e3", "1000"),
        ("2k", "2000"),
        (".5", "0.5"),
    ],
)
def test_quantities_are_exact(text: str, value: str) -> None:
    assert amount(text, "x") == Decimal(value)


@pytest.mark.parametrize("text", ["", "1 Gi", "Gi", "-1", "1e99", "0x10", "1" * 40, "1Zi", "NaN"])
def test_what_is_no_quantity_is_refused_by_field(text: str) -> None:
    answer = amount(text, "spec.x")
    assert isinstance(answer, Refused)
    assert answer.field == "spec.x"


@given(st.integers(0, 10**6))
def test_thousandths_and_octets_round_up(value: int) -> None:
    assert milli(f"{value}m") == value
    assert octets(f"{value}m") == -(-value // 1000)


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        ("*/5 * * * *", "2026-11-23 10:02", "2026-11-23 10:05"),
        ("0 3 * * *", "2026-11-23 03:00", "2026-11-24 03:00"),
        ("30 8 1 * *", "2026-12-15 00:00", "2027-01-01 08:30"),
        ("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("0 9 * * mon-fri", "2026-11-27 10:00", "2026-11-30 09:00"),
        ("0 0 13 * fri", "2026-11-14 00:00", "2026-11-20 00:00"),
        ("@weekly", "2026-11-23 10:00", "2026-11-29 00:00"),
        ("59 23 31 dec ?", "2026-01-01 00:00", "2026-12-31 23:59"),
        ("0 0 * * 7", "2026-11-23 10:00", "2026-11-29 00:00"),
    ],
)
def test_a_schedule_is_due_when_cron_says(schedule: str, after: str, due: str) -> None:
    found = read_schedule(schedule)
    assert isinstance(found, Schedule)
    expected = datetime.fromisoformat(due).replace(tzinfo=BEIJING)
    assert found.after(datetime.fromisoformat(after).replace(tzinfo=BEIJING)) == expected


@pytest.mark.parametrize(
    "text", ["* * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "* * 0 * *"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    assert isinstance(read_schedule(text), Refused)


def test_a_day_that_never_comes_is_never_due() -> None:
    found = read_schedule("0 0 31 2 *")
    assert isinstance(found, Schedule)
    assert found.after(datetime(2026, 1, 1, tzinfo=UTC)) is None


def row(name: str, digest: str, phase: Phase = "ready", ordinal: int = -1, status: int = 0) -> ReplicaRow:
    return ReplicaRow(
        name=name,
        project="p",
        kind="k",
        workload="w",
        digest=digest,
        revision=1,
        ordinal=ordinal,
        made=0,
        phase=phase,
        exit=status,
    )


def spec(replicas: int, surge: int | str, lacking: int | str) -> DeploymentSpec:
    update = RollingUpdate(max_surge=surge, max_unavailable=lacking)
    strategy = Strategy(rolling_update=update)
    return DeploymentSpec(selector=Selector(), template=TEMPLATE, replicas=replicas, strategy=strategy)


@given(
    replicas=st.integers(0, 8),
    surge=st.sampled_from([0, 1, 3, "25%", "100%"]),
    lacking=st.sampled_from([0, 1, 2, "25%", "50%"]),
    old=st.integers(0, 8),
    order=st.randoms(use_true_random=False),
)
def test_a_rolling_update_keeps_its_promises_and_arrives(
    replicas: int, surge: int | str, lacking: int | str, old: int, order: "object"
) -> None:
    """Replicas get ready and end in any order; never too many, never too few of those that serve."""
    wanted = spec(replicas, surge, lacking)
    rows = {f"old-{n}": row(f"old-{n}", "a") for n in range(min(old, replicas))}
    most = replicas + _share(surge, replicas, up=True)
    least = replicas - _share(lacking, replicas, up=False)
    if not _share(surge, replicas, up=True) and not _share(lacking, replicas, up=False):
        least -= 1
    number, began = 0, len(rows) == replicas
    for _ in range(400):
        plan = plan_deployment(wanted, "b", list(rows.values()), 10**6)
        if plan.state == "ready":
            break
        for name in plan.end:
            rows[name] = msgspec.structs.replace(rows[name], phase="draining")
        for _ in plan.make:
            number += 1
            rows[f"new-{number}"] = row(f"new-{number}", "b", "starting")
        living = [one for one in rows.values() if one.phase != "draining"]
        assert len(living) <= max(most, replicas)
        if began:
            assert sum(one.phase == "ready" for one in living) >= min(least, replicas)
        name = order.choice(sorted(rows)) if rows else ""  # type: ignore[attr-defined]  # hypothesis' Random
        if name and rows[name].phase == "draining":
            del rows[name]
        elif name and rows[name].phase == "starting":
            rows[name] = msgspec.structs.replace(rows[name], phase="ready")
    assert [one.digest for one in rows.values() if one.phase != "draining"] == ["b"] * replicas


def _share(value: int | str, of: int, *, up: bool) -> int:
    if isinstance(value, int):
        return value
    percent = int(value.removesuffix("%"))
    return -(-percent * of // 100) if up else percent * of // 100


def test_recreate_ends_all_before_it_makes_any() -> None:
    wanted = DeploymentSpec(selector=Selector(), template=TEMPLATE, replicas=2, strategy=Strategy(type="Recreate"))
    old = [row("a", "a"), row("b", "a")]
    assert plan_deployment(wanted, "b", old, 0).end == ("a", "b")
    assert plan_deployment(wanted, "b", old, 0).make == ()
    draining = [msgspec.structs.replace(one, phase="draining") for one in old]
    assert plan_deployment(wanted, "b", draining, 0).make == ()
    assert len(plan_deployment(wanted, "b", [], 0).make) == 2


def test_a_replica_serves_only_after_it_was_ready_for_long_enough() -> None:
    wanted = DeploymentSpec(selector=Selector(), template=TEMPLATE, replicas=1, min_ready_seconds=10)
    young = msgspec.structs.replace(row("a", "b"), ready_since=5_000)
    assert plan_deployment(wanted, "b", [young], 14_999).state == "progressing"
    assert plan_deployment(wanted, "b", [young], 15_000).state == "ready"


def stateful(replicas: int, management: str = "OrderedReady") -> StatefulSetSpec:
    return StatefulSetSpec(selector=Selector(), template=TEMPLATE, replicas=replicas, pod_management_policy=management)


def test_a_stateful_set_is_made_in_order_and_ended_from_the_top() -> None:
    first = row("w-0", "a", ordinal=0)
    assert plan_stateful(stateful(3), "a", [], 0).make == (0,)
    assert plan_stateful(stateful(3), "a", [msgspec.structs.replace(first, phase="starting")], 0).make == ()
    assert plan_stateful(stateful(3), "a", [first], 0).make == (1,)
    three = [row(f"w-{n}", "a", ordinal=n) for n in range(3)]
    assert plan_stateful(stateful(1), "a", three, 0).end == ("w-2",)
    assert plan_stateful(stateful(3, "Parallel"), "a", [], 0).make == (0, 1, 2)


def test_a_stateful_set_is_updated_from_the_top_one_at_a_time() -> None:
    three = [row(f"w-{n}", "a", ordinal=n) for n in range(3)]
    assert plan_stateful(stateful(3), "b", three, 0).end == ("w-2",)
    half = [three[0], three[1], row("w-2", "b", "starting", 2)]
    assert plan_stateful(stateful(3), "b", half, 0).end == ()
    done = [three[0], three[1], row("w-2", "b", ordinal=2)]
    assert plan_stateful(stateful(3), "b", done, 0).end == ("w-1",)


def test_a_job_keeps_so_many_going_until_enough_have_ended_well() -> None:
    wanted = JobSpec(template=TEMPLATE, completions=3, parallelism=2)
    assert len(plan_job(wanted, [], 0, 0).make) == 2
    some = [row("a", "x", "ended"), row("b", "x", "running")]
    assert len(plan_job(wanted, some, 0, 0).make) == 1
    done = [row(name, "x", "ended") for name in "abc"]
    assert plan_job(wanted, done, 0, 0).state == "complete"
    failed = [row(str(n), "x", "ended", status=1) for n in range(7)]
    assert plan_job(wanted, failed, 0, 0).state == "failed"
    late = JobSpec(template=TEMPLATE, active_deadline_seconds=5)
    assert plan_job(late, [row("a", "x", "running")], 0, 5_001).reason == "not done within 5 s"


@given(st.integers(0, 60))
def test_the_pause_before_a_start_grows_and_has_an_end(lives: int) -> None:
    assert back_off(lives) <= back_off(lives + 1) <= LONGEST_MS
    assert back_off(1) == back_off(2) == 0 < back_off(3)


@given(st.integers(1, 120), st.integers(1, 120))
def test_no_two_projects_share_an_address_or_a_name(one: int, other: int) -> None:
    places = Places(Path("/srv/yunyue/services/containers/_engine"))
    for of in (places.bridge, places.network, places.replicas_subnet, places.services_subnet, places.project_cgroup):
        assert (of(one) == of(other)) == (one == other)
    assert places.replicas_subnet(one) != places.services_subnet(other)
    assert len(places.bridge(120)) <= 15


def test_the_same_walls_give_the_same_text_whatever_the_order_of_ports() -> None:
    places = Places(Path("/srv/e"))
    ports = {("10.1.2.10", 80): 20000, ("10.1.2.11", 81): 20001}
    one = Wall(1, egress=False, services=ports)
    two = Wall(1, egress=False, services=dict(reversed(list(ports.items()))))
    assert ruleset(places, (one,)) == ruleset(places, (two,))
    assert "reaching { type ifname; }" in ruleset(places, (one,))


@pytest.mark.parametrize("verb", NEEDS)
def test_a_verb_needs_its_role_and_a_stranger_has_none(verb: str) -> None:
    assert isinstance(may(None, verb), Refused)
    for role in RANKS:
        allowed = RANKS.index(role) >= RANKS.index(NEEDS[verb])
        assert (may(role, verb) is None) == allowed


def test_a_verb_nobody_knows_is_nobodys() -> None:
    assert isinstance(may("admin", "format-the-disk"), Refused)
