"""Which replicas to make and to end next, from what is wanted and what is there. Pure: the loop carries it out.

A plan is made anew after every change, so nothing has to be remembered and nothing is done twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from yunyue.services.containers.manifest.checks import share
from yunyue.services.containers.manifest.objects import DeploymentSpec, JobSpec, StatefulSetSpec
from yunyue.services.containers.project.rows import ReplicaRow

ANY: Final = -1
"""The ordinal of replicas that have none."""

State = Literal["ready", "progressing", "complete", "failed"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordinals to make now, names to end now, and how far it is: `updated` and `available` replicas of the newest."""

    make: tuple[int, ...] = ()
    end: tuple[str, ...] = ()
    state: State = "progressing"
    updated: int = 0
    available: int = 0
    reason: str = ""


def plan_deployment(spec: DeploymentSpec, digest: str, rows: Sequence[ReplicaRow], now: int) -> Plan:
    """Keep `replicas` of the newest digest; replace others within the limits of surge and unavailability."""
    living = [row for row in rows if row.phase not in ("draining", "ended")]
    new = [row for row in living if row.digest == digest]
    old = [row for row in living if row.digest != digest]
    serving = {row.name for row in living if _available(row, spec.min_ready_seconds, now)}
    done = sum(row.name in serving for row in new)
    wanted = spec.replicas
    complete = not old and len(new) == wanted == done
    state: State = "ready" if complete else "progressing"
    surplus = tuple(row.name for row in _worst_first(new, serving)[: max(0, len(new) - wanted)])
    if spec.strategy.type == "Recreate":
        waiting = old or any(row.digest != digest for row in rows if row.phase == "draining")
        make = 0 if waiting else max(0, wanted - len(new))
        return Plan((ANY,) * make, surplus + tuple(row.name for row in old), state, len(new), done)
    surge, lacking = _limits(spec)
    make = max(0, min(wanted - len(new), wanted + surge - len(living)))
    spare = max(0, len(serving) - max(0, wanted - lacking))
    idle_old = [row.name for row in old if row.name not in serving]
    serving_old = [row.name for row in _worst_first(old, serving) if row.name in serving]
    # An old one that serves nobody may go at once, unless a new one is still to come for it: then it may yet recover.
    ended = tuple(idle_old if done or not serving_old else ()) + tuple(serving_old[:spare])
    return Plan((ANY,) * make, surplus + ended, state, len(new), done)


def _limits(spec: DeploymentSpec) -> tuple[int, int]:
    update = spec.strategy.rolling_update
    surge = share(update.max_surge, spec.replicas, up=True) or 0
    lacking = share(update.max_unavailable, spec.replicas, up=False) or 0
    return (surge, lacking) if surge or lacking else (0, 1)


def _available(row: ReplicaRow, seconds: int, now: int) -> bool:
    return row.phase == "ready" and now - row.ready_since >= seconds * 1000


def _worst_first(rows: Sequence[ReplicaRow], serving: set[str]) -> list[ReplicaRow]:
    """Those that do not serve, then those that restarted most, then the youngest."""
    return sorted(rows, key=lambda row: (row.name in serving, -row.restarts, -row.made))


def plan_stateful(spec: StatefulSetSpec, digest: str, rows: Sequence[ReplicaRow], now: int) -> Plan:
    """Replicas 0 … n-1, made in order and replaced from the last to the first, one at a time."""
    by_ordinal = {row.ordinal: row for row in rows}
    ready = {row.ordinal for row in rows if _available(row, 0, now)}
    wanted = range(spec.replicas)
    updated = [row for row in rows if row.digest == digest and row.phase != "draining" and row.ordinal in wanted]
    done = sum(row.ordinal in ready for row in updated)
    complete = len(rows) == len(updated) == done == spec.replicas
    state: State = "ready" if complete else "progressing"
    parallel = spec.pod_management_policy == "Parallel"
    missing = [one for one in wanted if one not in by_ordinal]
    if not parallel:
        missing = [one for one in missing[:1] if all(lower in ready for lower in range(one))]
    beyond = sorted((row for row in rows if row.ordinal not in wanted), key=lambda row: -row.ordinal)
    end = [row.name for row in (beyond if parallel else beyond[:1])]
    if not end and not missing and spec.update_strategy.type == "RollingUpdate":
        old = sorted((row for row in rows if row.digest != digest), key=lambda row: -row.ordinal)
        others_ready = all(one in ready for one in wanted if old and one != old[0].ordinal)
        end = [old[0].name] if old and others_ready else []
    return Plan(tuple(missing), tuple(end), state, len(updated), done)


def plan_job(spec: JobSpec, rows: Sequence[ReplicaRow], began: int, now: int) -> Plan:
    """`completions` replicas that end well, `parallelism` at a time, until too many ended badly or time is over."""
    ended = [row for row in rows if row.phase == "ended"]
    good = sum(row.exit == 0 for row in ended)
    bad = sum(row.exit != 0 for row in ended) + sum(row.restarts for row in rows)
    active = [row.name for row in rows if row.phase not in ("ended", "draining")]
    if good >= spec.completions:
        return Plan((), tuple(active), "complete", good, good)
    if bad > spec.backoff_limit:
        return Plan((), tuple(active), "failed", good, good, f"{bad} of at most {spec.backoff_limit} tries failed")
    if spec.active_deadline_seconds is not None and now - began > spec.active_deadline_seconds * 1000:
        return Plan((), tuple(active), "failed", good, good, f"not done within {spec.active_deadline_seconds} s")
    room = min(spec.parallelism, spec.completions - good) - len(active)
    return Plan((ANY,) * max(0, room), (), "progressing", good, good)
