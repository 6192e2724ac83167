"""The names people call kinds by."""

from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.objects import KINDS

SHORT: Final = {
    "cm": "ConfigMap",
    "pvc": "PersistentVolumeClaim",
    "svc": "Service",
    "deploy": "Deployment",
    "sts": "StatefulSet",
    "cj": "CronJob",
    "hpa": "HorizontalPodAutoscaler",
    "netpol": "NetworkPolicy",
    "ing": "Ingress",
}


def kind_named(name: str) -> str | Refused:
    """The kind of a name in any case, singular or plural, or short."""
    lower = name.lower().partition(".")[0]
    known = {kind.lower(): kind for kind in KINDS} | SHORT
    for form in (lower, lower.removesuffix("s"), lower.removesuffix("es"), lower.removesuffix("ies") + "y"):
        if form in known:
            return known[form]
    return Refused(f"there is no kind {name!r}; known: {', '.join(KINDS)}", "kind", "C37")
