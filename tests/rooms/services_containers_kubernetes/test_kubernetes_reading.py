"""What a cluster says of pods and objects, read into our words; the first pod is one a real 1.20.2 told of."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from yunyue.services.containers.kubernetes.counting import releasable, released
from yunyue.services.containers.kubernetes.reading import moment, over_since, plan_of, replica, why
from yunyue.services.containers.kubernetes.standing import standing
from yunyue.services.containers.project.rows import ReplicaRow

Json = dict[str, Any]
RECORDED: Json = json.loads((Path(__file__).parent / "wire" / "pods-1.20.2.json").read_text())["items"][0]


def pod(**status: Any) -> Json:
    made: Json = copy.deepcopy(RECORDED)
    made["status"].update(status)
    return made


def with_state(state: Json, **more: Any) -> Json:
    """The recorded pod, not ready, its container in another state."""
    made = pod(conditions=[{"type": "Ready", "status": "False"}])
    made["status"]["containerStatuses"][0] |= {"state": state, **more}
    return made


def read(one: Json) -> ReplicaRow:
    found = replica(one, "o1")
    assert found is not None
    return found


def test_a_recorded_pod_is_a_ready_replica_of_its_workload() -> None:
    row = read(RECORDED)
    assert (row.kind, row.workload, row.revision, row.phase) == ("Deployment", "web", 1, "ready")
    assert (row.address, row.container, row.restarts, row.reason) == ("192.0.2.1", "main", 0, "")
    assert row.started == moment(RECORDED["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]) > 0


def test_a_pod_nobody_asked_for_is_no_replica() -> None:
    stranger = copy.deepcopy(RECORDED)
    stranger["metadata"]["labels"] = {"app": "web"}
    assert replica(stranger, "o1") is None


@pytest.mark.parametrize(
    ("state", "phase", "reason"),
    [
        ({"running": {"startedAt": "2026-11-23T10:00:00Z"}}, "running", ""),
        ({"waiting": {"reason": "ContainerCreating"}}, "starting", ""),
        (
            {"waiting": {"reason": "ErrImagePull", "message": "manifest unknown"}},
            "starting",
            "ImagePull: manifest unknown",
        ),
        ({"waiting": {"reason": "ImagePullBackOff"}}, "starting", "ImagePull: ImagePullBackOff"),
        (
            {"waiting": {"reason": "CreateContainerConfigError", "message": "secret missing"}},
            "starting",
            "CreateContainerConfigError: secret missing",
        ),
        (
            {"waiting": {"reason": "RunContainerError", "message": "no such file"}},
            "starting",
            "StartFailed: no such file",
        ),
    ],
)
def test_a_container_that_does_not_serve_has_a_phase_and_a_reason(state: Json, phase: str, reason: str) -> None:
    row = read(with_state(state))
    assert (row.phase, row.reason) == (phase, reason)


def test_a_crash_loop_tells_what_the_program_ended_with() -> None:
    last = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    row = read(with_state({"waiting": {"reason": "CrashLoopBackOff"}}, lastState=last, restartCount=4))
    assert (row.phase, row.restarts, row.attempt, row.exit) == ("waiting", 4, 5, 137)
    assert row.reason == "CrashLoopBackOff: OOMKilled, status 137"


def test_a_pod_no_node_has_room_for_waits_and_says_so() -> None:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available: 3 Insufficient cpu."}
    one = pod(phase="Pending", conditions=[condition], containerStatuses=[])
    del one["spec"]["nodeName"]
    assert (read(one).phase, why(one)) == ("waiting", f"Unschedulable: {condition['message']}")


def test_a_pod_that_goes_drains_and_one_that_was_evicted_ended() -> None:
    going = copy.deepcopy(RECORDED)
    going["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:30Z"
    assert read(going).phase == "draining"
    evicted = pod(phase="Failed", reason="Evicted", message="the node was low on memory")
    assert (read(evicted).phase, read(evicted).reason) == ("ended", "Evicted: the node was low on memory")


@pytest.mark.parametrize(
    ("grace", "phase", "now"),
    [(0, "Running", True), (30, "Running", False), (30, "Succeeded", True), (30, "Failed", True)],
)
def test_a_pod_is_let_go_once_the_cluster_is_done_with_it(grace: int, phase: str, now: bool) -> None:
    one = pod(phase=phase)
    one["metadata"] |= {"deletionTimestamp": "2026-11-23T10:00:30Z", "deletionGracePeriodSeconds": grace}
    assert releasable(one) is now
    one["metadata"]["finalizers"] = ["other/keeper"]
    assert not releasable(one)


def test_a_pod_that_lives_is_not_let_go_and_others_finalizers_stay() -> None:
    assert not releasable(RECORDED)
    one = copy.deepcopy(RECORDED)
    one["metadata"]["finalizers"] = ["other/keeper", "yunyue/metered"]
    assert released(one)["metadata"] == {
        "finalizers": ["other/keeper"],
        "resourceVersion": RECORDED["metadata"]["resourceVersion"],
    }


def deployment(generation: int = 2, **status: Any) -> Json:
    return {"metadata": {"generation": generation}, "spec": {}, "status": {"observedGeneration": 2, **status}}


DONE = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}


@pytest.mark.parametrize(
    ("live", "state"),
    [
        (deployment(**DONE), "ready"),
        (deployment(3, **DONE), "progressing"),
        (deployment(**{**DONE, "replicas": 3}), "progressing"),
        (deployment(**{**DONE, "updatedReplicas": 1}), "progressing"),
        (deployment(conditions=[{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]), "failed"),
        (None, "progressing"),
    ],
)
def test_a_deployment_is_ready_when_its_controller_has_seen_and_done_all(live: Json | None, state: str) -> None:
    assert plan_of("Deployment", live, 2).state == state


def test_a_controller_that_may_make_no_pod_says_why() -> None:
    failure = {
        "type": "ReplicaFailure",
        "status": "True",
        "message": 'pods "web" is forbidden: exceeded quota: yunyue-guard',
    }
    assert plan_of("Deployment", deployment(conditions=[failure]), 2).reason == failure["message"]


def test_a_stateful_set_is_ready_when_all_are_of_one_revision() -> None:
    whole = {"replicas": 2, "readyReplicas": 2, "currentRevision": "a", "updateRevision": "a"}
    live: Json = {"metadata": {"generation": 1}, "status": {"observedGeneration": 1, **whole}}
    assert plan_of("StatefulSet", live, 2).state == "ready"
    live["status"] |= {"updateRevision": "b", "updatedReplicas": 1}
    assert (plan_of("StatefulSet", live, 2).state, plan_of("StatefulSet", live, 2).updated) == ("progressing", 1)


@pytest.mark.parametrize(("kind", "state"), [("Complete", "complete"), ("Failed", "failed")])
def test_a_job_is_over_when_its_controller_says_so(kind: str, state: str) -> None:
    said = {
        "type": kind,
        "status": "True",
        "message": "BackoffLimitExceeded",
        "lastTransitionTime": "2026-11-23T10:00:00Z",
    }
    live = {"metadata": {}, "status": {"succeeded": 1, "conditions": [said]}}
    assert plan_of("Job", live, 0).state == state
    assert over_since(live) == moment("2026-11-23T10:00:00Z")
    assert over_since({"metadata": {}, "status": {}}) == 0


@pytest.mark.parametrize(
    ("kind", "live", "told"),
    [
        (
            "Service",
            {"spec": {"clusterIP": "10.96.0.9", "ports": [{"port": 80, "nodePort": 30080}, {"port": 81}]}},
            {"state": "ready", "address": "10.96.0.9", "ports": "80:30080, 81"},
        ),
        ("PersistentVolumeClaim", {"status": {"phase": "Bound"}}, {"state": "bound", "reason": ""}),
        ("PersistentVolumeClaim", {"status": {}}, {"state": "progressing", "reason": "no volume is bound yet"}),
        (
            "Ingress",
            {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}},
            {"state": "ready", "address": "192.0.2.7"},
        ),
        (
            "HorizontalPodAutoscaler",
            {"status": {"conditions": [{"type": "ScalingActive", "status": "False", "message": "no metrics"}]}},
            {"state": "ready", "reason": "no metrics"},
        ),
        ("ConfigMap", {"data": {}}, {"state": "ready", "reason": ""}),
        ("ConfigMap", None, {"state": "progressing", "reason": ""}),
    ],
)
def test_what_runs_nothing_has_a_state_too(kind: str, live: Json | None, told: Json) -> None:
    assert standing(kind, live, "") == told
    assert standing(kind, live, "forbidden") == {"state": "failed", "reason": "forbidden"}
