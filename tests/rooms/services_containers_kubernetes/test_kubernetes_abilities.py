"""What a cluster can do is asked of it: recorded discovery of a real 1.20.2, and newer servers made of it by hand."""

import asyncio
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from wire_server import Wire, on_the_wire

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.kubernetes.abilities import Abilities, ask_abilities

Json = dict[str, Any]
RECORDED: Json = json.loads((Path(__file__).parent / "wire" / "discovery-1.20.2.json").read_text())


def asked(answers: Json) -> Abilities | Refused:
    async def run() -> Abilities | Refused:
        async with on_the_wire(Wire(answers)) as api:
            return await ask_abilities(api)

    return asyncio.run(run())


def newer(version: str, **groups: tuple[str, ...]) -> Json:
    """The recorded server with another version and more groups; `batch_v1` stands for batch/v1."""
    made = copy.deepcopy(RECORDED)
    made["/version"]["gitVersion"] = version
    for name, kinds in groups.items():
        path = f"/apis/{name.replace('__', '.').replace('_', '/', 1)}"
        entry = made.setdefault(path, {"resources": []})
        entry["resources"] += [{"kind": kind, "name": f"{kind.lower()}s"} for kind in kinds]
    return made


def test_an_old_server_speaks_older_versions_and_knows_less() -> None:
    found = asked(RECORDED)
    assert isinstance(found, Abilities)
    assert (found.version, found.number) == ("v1.20.2", (1, 20))
    assert found.kind("CronJob").api == "batch/v1beta1"
    assert found.kind("HorizontalPodAutoscaler").api == "autoscaling/v2beta2"
    assert found.kind("Deployment").path("ns", "web") == "/apis/apps/v1/namespaces/ns/deployments/web"
    assert found.kind("Pod").path("ns") == "/api/v1/namespaces/ns/pods"
    assert (found.time_zone, found.pod_security) == (False, False)
    assert not any(found.has(name) for name in ("ValidatingAdmissionPolicy", "PodMetrics"))


def test_a_newer_server_is_spoken_to_in_its_newest_words() -> None:
    found = asked(
        newer(
            "v1.36.1",
            batch_v1=("CronJob",),
            autoscaling_v2=("HorizontalPodAutoscaler",),
            admissionregistration__k8s__io_v1=("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
            metrics__k8s__io_v1beta1=("PodMetrics",),
        )
    )
    assert isinstance(found, Abilities)
    assert found.kind("CronJob").api == "batch/v1"
    assert found.kind("HorizontalPodAutoscaler").api == "autoscaling/v2"
    assert found.time_zone
    assert found.pod_security
    assert found.has("ValidatingAdmissionPolicy")
    assert found.has("PodMetrics")


@pytest.mark.parametrize(
    ("number", "zone", "security"), [("v1.22.9", False, False), ("v1.23.0", False, True), ("v1.25.0", True, True)]
)
def test_what_discovery_does_not_tell_follows_the_version(number: str, zone: bool, security: bool) -> None:
    found = asked(newer(number))
    assert isinstance(found, Abilities)
    assert (found.time_zone, found.pod_security) == (zone, security)


def test_a_server_that_is_too_old_is_refused() -> None:
    assert asked(newer("v1.19.16")) == Refused("Kubernetes 1.19 is too old; 1.20 is the oldest", "engine", "C37")


def test_a_server_that_lacks_a_kind_we_need_is_refused_by_its_name() -> None:
    lacking = {path: answer for path, answer in RECORDED.items() if path != "/apis/apps/v1"}
    assert asked(lacking) == Refused("the cluster does not know Deployment, StatefulSet", "engine", "C37")


def test_what_is_no_kubernetes_is_refused() -> None:
    assert asked({**RECORDED, "/version": {"name": "a web site"}}) == Refused(
        "the server does not say which Kubernetes it is", "engine", "C37"
    )


def test_a_server_that_does_not_let_us_look_says_so() -> None:
    with pytest.raises(EngineSaid, match="forbidden"):
        asked({**RECORDED, "/apis/apps/v1": (403, {"message": "forbidden: no rights"})})
