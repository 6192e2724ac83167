"""What is asked of a server to make it so: against a stub on the wire that takes everything, and sometimes does not."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from podman_cast import deployment
from wire_server import Wire, on_the_wire

from yunyue.answer import Refused
from yunyue.services.containers.kubernetes.abilities import WANTED, Abilities, Spoken
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.fencing import Fencing, hold_policy
from yunyue.services.containers.kubernetes.guards import Openings, room
from yunyue.services.containers.kubernetes.noting import Noting
from yunyue.services.containers.kubernetes.planting import Planting
from yunyue.services.containers.kubernetes.rendering import Rendering
from yunyue.services.containers.kubernetes.scheduling import Scheduling
from yunyue.services.containers.manifest.manifests import read_manifest
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.policy.rules import Policy
from yunyue.services.containers.project.objects import Objects, document
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes

Json = dict[str, Any]
PROJECT = Project("o1", "c1", "bureau", "shop", 1, ProjectOrder(name="shop", engine="kubernetes"), 0)
PLACE = "/api/v1/namespaces/yunyue-abc123-shop"
WEB = "/apis/apps/v1/namespaces/yunyue-abc123-shop/deployments/web"
SECRETS = f"{PLACE}/secrets"


class Takes(Wire):
    """Answers what it does not know as a server that did what it was asked."""

    def __init__(self, answers: dict[str, Json | tuple[int, Json]] | None = None) -> None:
        super().__init__(answers or {})
        taken: Json = {"metadata": {"name": "taken", "resourceVersion": "1"}}
        for path in (WEB, SECRETS, f"{SECRETS}/keys", PLACE):
            for method in ("PATCH", "DELETE"):
                self.answers.setdefault(f"{method} {path}", taken)
        for plural, names in (("resourcequotas", 1), ("limitranges", 1), ("networkpolicies", 3)):
            root = "/apis/networking.k8s.io/v1/namespaces/yunyue-abc123-shop" if names > 1 else PLACE
            for suffix in ("", "-egress", "-ingress")[:names]:
                self.answers[f"PATCH {root}/{plural}/yunyue-guard{suffix}"] = taken


def speaking(*, policies: bool = False, zones: bool = True) -> Abilities:
    irregular = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}
    kinds = {name: Spoken(known[0], irregular.get(name, f"{name.lower()}s")) for name, known in WANTED.items()}
    if not policies:
        del kinds["ValidatingAdmissionPolicy"]
    return Abilities("v1.36.0" if zones else "v1.20.2", (1, 36) if zones else (1, 20), kinds)


def wishes(text: str) -> Wishes:
    manifest = read_manifest(text, "shop", Policy())
    assert not isinstance(manifest, Refused), manifest
    rows = tuple(ObjectRow("o1", one.kind, one.name, document(one), 1, "d1", 0, "user:li") for one in manifest.objects)
    return Wishes.of(rows)


SECRET = "\napiVersion: v1\nkind: Secret\nmetadata: {name: keys}\ndata: {A: YQ==}\n---"


def planted(wire: Wire, tmp_path: Path, *passes: tuple[Wishes, dict[str, dict[str, Json]]]) -> Planting:
    """Passes of one planting, each with what is wished and what is there."""

    async def run() -> Planting:
        async with on_the_wire(wire) as api:
            cluster = Cluster(api, speaking(), Store(tmp_path), "abc123", lambda: 0)
            planting = Planting(cluster, Rendering("abc123", PROJECT, cluster.abilities))
            for wished, seen in passes:
                await planting.plant(wished, seen, frozenset())
                await planting.weed(wished, seen)
            return planting

    return asyncio.run(run())


def asked(wire: Wire, method: str) -> list[str]:
    return [path for one, path, _ in wire.asked if one == method]


def test_an_object_is_applied_by_force_as_ours_and_only_when_it_changed(tmp_path: Path) -> None:
    wire = Takes()
    wished = wishes(deployment())
    planted(wire, tmp_path, (wished, {}), (wished, {}))
    assert asked(wire, "PATCH") == [WEB]
    query = next(query for method, _, query in wire.asked if method == "PATCH")
    assert query == {"fieldManager": "yunyue", "force": "true"}


def test_what_the_server_refuses_is_kept_by_object_and_tried_again(tmp_path: Path) -> None:
    wire = Takes({f"PATCH {WEB}": (403, {"message": "exceeded quota: yunyue-guard"})})
    wished = wishes(deployment())
    planting = planted(wire, tmp_path, (wished, {}), (wished, {}))
    assert planting.refused == {("Deployment", "web"): "exceeded quota: yunyue-guard"}
    assert asked(wire, "PATCH") == [WEB, WEB]


def heard(generation: int) -> dict[str, dict[str, Json]]:
    """A Deployment with one replica that serves, as a watch tells of it."""
    status = {"observedGeneration": generation, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    return {"Deployment": {"web": {"metadata": {"name": "web", "generation": generation}, "status": status}}}


@pytest.mark.parametrize(("generation", "state"), [(1, "progressing"), (2, "ready")])
def test_what_is_told_of_the_wish_before_says_nothing_of_this_one(tmp_path: Path, generation: int, state: str) -> None:
    wire = Takes({f"PATCH {WEB}": {"metadata": {"name": "web", "resourceVersion": "9", "generation": 2}}})
    wished = wishes(deployment(replicas=1))

    async def run() -> None:
        async with on_the_wire(wire) as api:
            cluster = Cluster(api, speaking(), Store(tmp_path), "abc123", lambda: 0)
            planting = Planting(cluster, Rendering("abc123", PROJECT, cluster.abilities))
            await planting.plant(wished, heard(1), frozenset())
            Noting(cluster, PROJECT).note(wished, heard(generation), [], planting)

    asyncio.run(run())
    assert Objects(Store(tmp_path), "o1").status("Deployment", "web")["state"] == state


def test_what_is_gone_from_the_wishes_is_no_trouble_any_more(tmp_path: Path) -> None:
    wire = Takes({f"PATCH {WEB}": (403, {"message": "no"})})
    planting = planted(wire, tmp_path, (wishes(deployment()), {}), (Wishes((), ()), {}))
    assert planting.refused == {}


def test_secrets_are_removed_by_selector_and_never_asked_for(tmp_path: Path) -> None:
    wire = Takes()
    planted(wire, tmp_path, (wishes(SECRET), {}), (wishes(SECRET), {}), (Wishes((), ()), {}))
    chosen = [query["labelSelector"] for method, path, query in wire.asked if (method, path) == ("DELETE", SECRETS)]
    ours = "yunyue/installation=abc123,yunyue/project=o1,yunyue/kind=Secret"
    assert chosen == [f"{ours},yunyue/name notin (keys)", ours]
    assert asked(wire, "GET") == []


@pytest.mark.parametrize(
    ("metadata", "removed"),
    [
        ({"labels": {"yunyue/kind": "Deployment", "yunyue/name": "web"}}, True),
        ({"labels": {"yunyue/kind": "Deployment", "yunyue/name": "web"}, "ownerReferences": [{"uid": "u"}]}, False),
        ({"labels": {"yunyue/kind": "Deployment", "yunyue/name": "web"}, "deletionTimestamp": "now"}, False),
        ({"labels": {"app": "web"}}, False),
        ({}, False),
    ],
)
def test_only_what_is_ours_and_nobody_elses_is_weeded(tmp_path: Path, metadata: Json, removed: bool) -> None:
    wire = Takes()
    seen = {"Deployment": {"web": {"metadata": {"name": "web", **metadata}}}}
    planted(wire, tmp_path, (Wishes((), ()), seen))
    assert (WEB in asked(wire, "DELETE")) is removed


def test_a_change_to_recreate_takes_the_servers_default_back_first(tmp_path: Path) -> None:
    wire = Takes()
    live = {"metadata": {"name": "web"}, "spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}}
    text = deployment(spec="strategy: {type: Recreate}")
    planted(wire, tmp_path, (wishes(text), {"Deployment": {"web": live}}))
    assert wire.bodies[0] == {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}
    assert wire.bodies[1]["spec"]["strategy"] == {"type": "Recreate"}


def fenced(wire: Wire, tmp_path: Path) -> Refused | None:
    async def run() -> Refused | None:
        async with on_the_wire(wire) as api:
            cluster = Cluster(api, speaking(), Store(tmp_path), "abc123", lambda: 0)
            fencing = Fencing(cluster, PROJECT)
            await fencing.stand(PROJECT, Openings())
            return await fencing.stand(PROJECT, Openings())

    return asyncio.run(run())


def test_walls_are_put_up_once_while_nothing_changes(tmp_path: Path) -> None:
    wire = Takes()
    assert fenced(wire, tmp_path) is None
    assert len(asked(wire, "PATCH")) == 6


def test_who_may_not_make_namespaces_uses_the_one_that_was_made_for_it(tmp_path: Path) -> None:
    prepared = room("abc123", PROJECT, speaking())
    wire = Takes({f"PATCH {PLACE}": (403, {"message": "forbidden"}), f"GET {PLACE}": prepared})
    assert fenced(wire, tmp_path) is None


def test_a_namespace_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    wire = Takes({f"GET {PLACE}": {"metadata": {"name": "theirs", "labels": {"team": "a"}}}})
    assert fenced(wire, tmp_path) == Refused(
        "the namespace yunyue-abc123-shop is there and is not ours", "engine", "C37"
    )
    assert asked(wire, "PATCH") == []


@pytest.mark.parametrize(
    ("known", "status", "said"),
    [(False, 200, "knows no admission policies"), (True, 403, "forbidden"), (True, 200, "")],
)
def test_the_server_holds_to_the_policy_where_it_can_and_lets_us(
    tmp_path: Path, known: bool, status: int, said: str
) -> None:
    root = "/apis/admissionregistration.k8s.io/v1"
    kinds = ("validatingadmissionpolicys", "validatingadmissionpolicybindings")
    answer: Json = {"metadata": {}, "message": "forbidden"}
    wire = Wire({f"PATCH {root}/{kind}/yunyue-guard-abc123": (status, answer) for kind in kinds})

    async def run() -> str:
        async with on_the_wire(wire) as api:
            return await hold_policy(Cluster(api, speaking(policies=known), Store(tmp_path), "abc123", lambda: 0))

    found = asyncio.run(run())
    assert said in found
    assert bool(found) is bool(said)


NIGHT = """
apiVersion: batch/v1
kind: CronJob
metadata: {{name: night}}
spec:
  schedule: "0 3 * * *"
  concurrencyPolicy: {policy}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          securityContext: {{runAsNonRoot: true}}
          containers:
          - {{name: main, image: "a:1", resources: {{limits: {{cpu: 100m, memory: 32Mi}}}}}}
"""
THREE = 1_795_374_000_000
"""2026-11-23, three o'clock in Beijing."""


def jobs(tmp_path: Path, policy: str, *moments: int) -> list[str]:
    """The Jobs there are after a look at each moment."""
    store = Store(tmp_path)
    kept, clock = Objects(store, "o1"), [0]

    async def run() -> None:
        async with on_the_wire(Wire()) as api:
            scheduling = Scheduling(Cluster(api, speaking(zones=False), store, "abc123", lambda: clock[0]), PROJECT)
            kept.put(wishes(NIGHT.format(policy=policy)).rows)
            for moment in moments:
                clock[0] = moment
                scheduling.tick(Wishes.of(kept.all()))

    asyncio.run(run())
    return [row.name for row in kept.all() if row.kind == "Job"]


def test_a_job_is_made_once_at_three_in_beijing(tmp_path: Path) -> None:
    assert jobs(tmp_path, "Allow", THREE - 60_000) == []
    assert jobs(tmp_path, "Allow", THREE, THREE + 1000, THREE + 2000) == [f"night-{THREE // 60_000}"]


def test_a_job_that_is_too_late_is_not_begun(tmp_path: Path) -> None:
    assert jobs(tmp_path, "Allow", THREE - 60_000, THREE + 61_000) == []


@pytest.mark.parametrize(("policy", "days"), [("Allow", [0, 1]), ("Forbid", [0]), ("Replace", [1])])
def test_a_job_that_still_runs_meets_the_next_one_as_it_was_told(tmp_path: Path, policy: str, days: list[int]) -> None:
    day = 86_400_000
    found = jobs(tmp_path, policy, THREE - 1000, THREE, THREE + day)
    assert found == [f"night-{(THREE + day * one) // 60_000}" for one in days]
