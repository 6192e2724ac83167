"""What a cluster says of pods and objects, in our words: replicas and their phases, and how far a workload is. Pure."""

from datetime import datetime
from typing import Any, Final, Literal

from yunyue.services.containers.kubernetes.names import DIGEST, KIND, NAME, REVISION
from yunyue.services.containers.podman.planning import Plan, State
from yunyue.services.containers.project.rows import Phase, ReplicaRow

Json = dict[str, Any]

UNMADE: Final = {
    "ErrImagePull": "ImagePull",
    "ImagePullBackOff": "ImagePull",
    "InvalidImageName": "ImagePull",
    "ErrImageNeverPull": "ImagePull",
    "CreateContainerConfigError": "CreateContainerConfigError",
    "CreateContainerError": "StartFailed",
    "RunContainerError": "StartFailed",
    "StartError": "StartFailed",
}
"""Why a container does not start, in the words both engines use."""


def moment(text: object) -> int:
    """A time of the cluster's in ms; 0 when there is none."""
    if not isinstance(text, str) or not text:
        return 0
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def replica(pod: Json, project: str) -> ReplicaRow | None:
    """One pod; None of one nobody asked for."""
    metadata, status = pod["metadata"], pod.get("status") or {}
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    if KIND not in labels or NAME not in labels:
        return None
    container = _container(status)
    phase = _phase(pod, container)
    ready = _condition(status, "Ready")
    restarts = int(container.get("restartCount") or 0)
    return ReplicaRow(
        name=str(metadata["name"]),
        project=project,
        kind=str(labels[KIND]),
        workload=str(labels[NAME]),
        digest=str(annotations.get(DIGEST, "")),
        revision=int(annotations.get(REVISION) or 0),
        ordinal=_ordinal(metadata, labels),
        made=moment(metadata.get("creationTimestamp")),
        phase=phase,
        attempt=restarts + 1,
        container=str(pod["spec"]["containers"][0]["name"]),
        address=str(status.get("podIP") or "") if phase in ("running", "ready", "draining") else "",
        started=_started(container),
        ready_since=moment(ready.get("lastTransitionTime")) if phase == "ready" else 0,
        restarts=restarts,
        exit=_exit(container),
        reason=why(pod),
    )


def _container(status: Json) -> Json:
    found: list[Json] = status.get("containerStatuses") or [{}]
    return found[0]


def _condition(status: Json, kind: str) -> Json:
    return next((one for one in status.get("conditions") or () if one.get("type") == kind), {})


def _ordinal(metadata: Json, labels: Json) -> int:
    last = str(metadata["name"]).rpartition("-")[2]
    return int(last) if labels[KIND] == "StatefulSet" and last.isdigit() else -1


def _phase(pod: Json, container: Json) -> Phase:
    status = pod.get("status") or {}
    if status.get("phase") in ("Succeeded", "Failed"):
        return "ended"
    if pod["metadata"].get("deletionTimestamp"):
        return "draining"
    if _condition(status, "Ready").get("status") == "True":
        return "ready"
    if (container.get("state") or {}).get("running"):
        return "running"
    back = ((container.get("state") or {}).get("waiting") or {}).get("reason") == "CrashLoopBackOff"
    return "starting" if pod["spec"].get("nodeName") and not back else "waiting"


def _started(container: Json) -> int:
    state = container.get("state") or {}
    return moment(((state.get("running") or state.get("terminated")) or {}).get("startedAt"))


def _exit(container: Json) -> int:
    ended = (container.get("state") or {}).get("terminated") or (container.get("lastState") or {}).get("terminated")
    return int((ended or {}).get("exitCode") or 0)


def why(pod: Json) -> str:
    """Why a pod does not serve; empty while nothing is wrong."""
    status = pod.get("status") or {}
    container = _container(status)
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = str(waiting.get("reason") or ""), str(waiting.get("message") or "")
    if reason in UNMADE:
        return f"{UNMADE[reason]}: {message or reason}"[:600]
    if reason == "CrashLoopBackOff":
        return f"CrashLoopBackOff: {_last_words(container)}"
    if status.get("phase") == "Failed":
        return f"{status.get('reason') or 'Failed'}: {status.get('message') or _last_words(container)}"[:600]
    scheduled = _condition(status, "PodScheduled")
    if scheduled.get("status") == "False":
        return f"Unschedulable: {scheduled.get('message') or 'no node has room'}"[:600]
    return ""


def _last_words(container: Json) -> str:
    ended = (container.get("state") or {}).get("terminated") or (container.get("lastState") or {}).get("terminated")
    if not ended:
        return "it ends again and again"
    cause = str(ended.get("reason") or "Error")
    return f"{cause}, status {ended.get('exitCode', -1)}"


def plan_of(kind: str, live: Json | None, wanted: int) -> Plan:
    """How far a workload is, by what its controller says."""
    if live is None:
        return Plan()
    match kind:
        case "Deployment":
            return _deployment(live, wanted)
        case "StatefulSet":
            return _stateful(live, wanted)
        case _:
            return _job(live)


def _deployment(live: Json, wanted: int) -> Plan:
    status = live.get("status") or {}
    seen = int(status.get("observedGeneration") or 0) >= int(live["metadata"].get("generation") or 0)
    updated, available = int(status.get("updatedReplicas") or 0), int(status.get("availableReplicas") or 0)
    done = seen and updated == available == int(status.get("replicas") or 0) == wanted
    late = _condition(status, "Progressing").get("reason") == "ProgressDeadlineExceeded"
    state: State = "ready" if done else "failed" if seen and late else "progressing"
    return Plan((), (), state, updated, available, _held_up(status))


def _held_up(status: Json) -> str:
    """What the controller says of pods it may not make: a quota, a policy."""
    failure = _condition(status, "ReplicaFailure")
    return str(failure.get("message") or "")[:600] if failure.get("status") == "True" else ""


def _stateful(live: Json, wanted: int) -> Plan:
    status = live.get("status") or {}
    seen = int(status.get("observedGeneration") or 0) >= int(live["metadata"].get("generation") or 0)
    ready = int(status.get("readyReplicas") or 0)
    whole = status.get("currentRevision") == status.get("updateRevision")
    updated = int(status.get("updatedReplicas" if not whole else "replicas") or 0)
    state: State = "ready" if seen and whole and ready == wanted == int(status.get("replicas") or 0) else "progressing"
    return Plan((), (), state, updated, ready, _held_up(status))


def _job(live: Json) -> Plan:
    status = live.get("status") or {}
    good = int(status.get("succeeded") or 0)
    ended: tuple[tuple[Literal["complete", "failed"], str], ...] = (("complete", "Complete"), ("failed", "Failed"))
    for state, kind in ended:
        found = _condition(status, kind)
        if found.get("status") == "True":
            return Plan((), (), state, good, good, str(found.get("message") or "") if state == "failed" else "")
    return Plan((), (), "progressing", good, good)


def over_since(live: Json) -> int:
    """When a job was over (ms); 0 while it is not."""
    status = live.get("status") or {}
    found = [_condition(status, kind) for kind in ("Complete", "Failed")]
    return next((moment(one.get("lastTransitionTime")) for one in found if one.get("status") == "True"), 0)


def limits_of(pod: Json) -> tuple[Any, Any]:
    """What a pod's container may use, as the cluster writes it."""
    found = (pod["spec"]["containers"][0].get("resources") or {}).get("limits") or {}
    return found.get("cpu", "0"), found.get("memory", "0")
