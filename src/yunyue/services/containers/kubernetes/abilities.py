"""What a cluster can do, as it says itself: its version, and in which version it speaks each kind.

Nothing is derived from the version's number but what discovery does not tell, which are two fields inside a kind.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.kubernetes.api import Api

OLDEST: Final = (1, 20)
"""Server-side apply, Ingress v1 and HTTP by watch bookmarks are there from here on."""

WANTED: Final[dict[str, tuple[str, ...]]] = {
    "ConfigMap": ("v1",),
    "Secret": ("v1",),
    "PersistentVolumeClaim": ("v1",),
    "Service": ("v1",),
    "Pod": ("v1",),
    "Event": ("v1",),
    "Namespace": ("v1",),
    "ResourceQuota": ("v1",),
    "LimitRange": ("v1",),
    "Deployment": ("apps/v1",),
    "StatefulSet": ("apps/v1",),
    "Job": ("batch/v1",),
    "CronJob": ("batch/v1", "batch/v1beta1"),  # the older only to be watched
    "HorizontalPodAutoscaler": ("autoscaling/v2", "autoscaling/v2beta2"),
    "NetworkPolicy": ("networking.k8s.io/v1",),
    "Ingress": ("networking.k8s.io/v1",),
    "ValidatingAdmissionPolicy": ("admissionregistration.k8s.io/v1",),
    "ValidatingAdmissionPolicyBinding": ("admissionregistration.k8s.io/v1",),
    "PodMetrics": ("metrics.k8s.io/v1beta1",),
}
"""Each kind we speak and the versions we know it in, the newest first."""

OPTIONAL: Final = frozenset({"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "PodMetrics"})
NUMBER: Final = re.compile(r"^v?(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A kind as a server speaks it: `path` as in /apis/apps/v1, `plural` as in deployments."""

    api: str
    plural: str

    @property
    def root(self) -> str:
        """Where the version is found."""
        return f"/api/{self.api}" if "/" not in self.api else f"/apis/{self.api}"

    def path(self, namespace: str = "", name: str = "") -> str:
        """Where the objects, or one, are found."""
        within = f"/namespaces/{namespace}" if namespace else ""
        return f"{self.root}{within}/{self.plural}" + (f"/{name}" if name else "")


@dataclass(frozen=True, slots=True)
class Abilities:
    """One cluster's."""

    version: str
    number: tuple[int, int]
    kinds: dict[str, Spoken] = field(default_factory=dict)

    def kind(self, name: str) -> Spoken:
        """How a kind is spoken. Raises KeyError: this server does not know it."""
        return self.kinds[name]

    def has(self, name: str) -> bool:
        """Whether the server knows a kind."""
        return name in self.kinds

    @property
    def time_zone(self) -> bool:
        """Whether a CronJob has a field for its zone (default from 1.25); before, we make its Jobs (`scheduling`)."""
        return self.number >= (1, 25)

    @property
    def pod_security(self) -> bool:
        """Whether namespaces are held to the pod security standards by their labels (default from 1.23)."""
        return self.number >= (1, 23)


async def ask_abilities(api: Api) -> Abilities | Refused:
    """Ask. Refused: a server too old, or one that does not speak a kind we need. Raises EngineGone, EngineSaid."""
    version = await api.ask("GET", "/version")
    found = NUMBER.match(str(version.get("gitVersion", "")))
    if found is None:
        return Refused("the server does not say which Kubernetes it is", "engine", "C37")
    number = (int(found[1]), int(found[2]))
    if number < OLDEST:
        return Refused(f"Kubernetes {number[0]}.{number[1]} is too old; 1.20 is the oldest", "engine", "C37")
    versions = sorted({one for each in WANTED.values() for one in each})
    lists = await asyncio.gather(*(_spoken(api, one) for one in versions))
    by_version = dict(zip(versions, lists, strict=True))
    kinds = {
        name: Spoken(version, by_version[version][name])
        for name, known in WANTED.items()
        for version in reversed(known)
        if name in by_version[version]
    }
    lacking = sorted(set(WANTED) - set(kinds) - OPTIONAL)
    if lacking:
        return Refused(f"the cluster does not know {', '.join(lacking)}", "engine", "C37")
    return Abilities(str(version["gitVersion"]), number, kinds)


async def _spoken(api: Api, version: str) -> dict[str, str]:
    """Plurals by kind of one version; none when the server does not speak it."""
    root = Spoken(version, "").root
    try:
        found: dict[str, Any] = await api.ask("GET", root)
    except EngineSaid as error:
        if error.status in (404, 503):
            return {}
        raise
    return {
        str(one["kind"]): str(one["name"]) for one in found.get("resources") or () if "/" not in str(one.get("name"))
    }
