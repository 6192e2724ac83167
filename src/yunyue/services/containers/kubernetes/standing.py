"""What is told of the objects that run nothing: where a Service answers, whether a volume is there. Pure."""

from typing import Any

from yunyue.services.containers.kubernetes.reading import moment

Json = dict[str, Any]


def standing(kind: str, live: Json | None, trouble: str) -> Json:
    """The status that is kept of an object: state, reason, and what its kind adds."""
    if trouble:
        return {"state": "failed", "reason": trouble}
    if live is None:
        return {"state": "progressing", "reason": ""}
    spec, status = live.get("spec") or {}, live.get("status") or {}
    match kind:
        case "Service":
            ports = ", ".join(_port(one) for one in spec.get("ports") or ())
            return {"state": "ready", "address": str(spec.get("clusterIP") or "None"), "ports": ports}
        case "PersistentVolumeClaim":
            bound = status.get("phase") == "Bound"
            return {"state": "bound" if bound else "progressing", "reason": "" if bound else "no volume is bound yet"}
        case "Ingress":
            given = (status.get("loadBalancer") or {}).get("ingress") or ()
            return {"state": "ready", "address": ", ".join(str(one.get("ip") or one.get("hostname")) for one in given)}
        case "CronJob":
            return {"state": "ready", "last": moment(status.get("lastScheduleTime"))}
        case "HorizontalPodAutoscaler":
            return {"state": "ready", "reason": _idle(status)}
        case _:
            return {"state": "ready", "reason": ""}


def _port(one: Json) -> str:
    return f"{one['port']}:{one['nodePort']}" if one.get("nodePort") else str(one["port"])


def _idle(status: Json) -> str:
    """Why a HorizontalPodAutoscaler does not scale."""
    for one in status.get("conditions") or ():
        if one.get("type") == "ScalingActive" and one.get("status") == "False":
            return str(one.get("message") or one.get("reason") or "")[:600]
    return ""
