"""What a project asks for, read from its rows: objects by kind, what they mount, and the digest of each template."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from yunyue.services.containers.manifest.objects import (
    ConfigMap,
    CronJob,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Job,
    NetworkPolicy,
    Object,
    PersistentVolumeClaim,
    Secret,
    Service,
    StatefulSet,
)
from yunyue.services.containers.manifest.pod import Template
from yunyue.services.containers.podman.mounts import Shelf
from yunyue.services.containers.project.objects import digest, read_object
from yunyue.services.containers.project.rows import ObjectRow

O = TypeVar("O", bound=Object)  # noqa: E741 - an object; T and S are taken by other meanings here
RUNS: Final = ("Deployment", "StatefulSet", "Job", "CronJob")
Running = Deployment | StatefulSet | Job


@dataclass(frozen=True, slots=True)
class Wishes:
    """A project's rows and the objects they hold."""

    rows: tuple[ObjectRow, ...]
    objects: tuple[Object, ...]

    @classmethod
    def of(cls, rows: tuple[ObjectRow, ...]) -> "Wishes":
        """Read. Raises ValueError when a row is not what was written."""
        return cls(rows, tuple(read_object(row) for row in rows))

    def each(self, kind: type[O]) -> tuple[O, ...]:
        """The objects of a kind."""
        return tuple(one for one in self.objects if isinstance(one, kind))

    def running(self) -> Iterator[tuple[ObjectRow, Running]]:
        """Everything that has replicas, with its row."""
        for row, one in zip(self.rows, self.objects, strict=True):
            if isinstance(one, Deployment | StatefulSet | Job):
                yield row, one

    @property
    def shelf(self) -> Shelf:
        """ConfigMaps and Secrets by name."""
        return Shelf({one.name: one for one in self.each(ConfigMap)}, {one.name: one for one in self.each(Secret)})

    @property
    def services(self) -> tuple[Service, ...]:
        """Those."""
        return self.each(Service)

    @property
    def claims(self) -> tuple[PersistentVolumeClaim, ...]:
        """Those."""
        return self.each(PersistentVolumeClaim)

    @property
    def cron_jobs(self) -> tuple[CronJob, ...]:
        """Those."""
        return self.each(CronJob)

    @property
    def autoscalers(self) -> tuple[HorizontalPodAutoscaler, ...]:
        """Those."""
        return self.each(HorizontalPodAutoscaler)

    @property
    def policies(self) -> tuple[NetworkPolicy, ...]:
        """Those."""
        return self.each(NetworkPolicy)

    @property
    def ingresses(self) -> tuple[Ingress, ...]:
        """Those."""
        return self.each(Ingress)


def template_of(one: Object) -> Template | None:
    """The template of what has replicas."""
    match one:
        case Deployment() | StatefulSet() | Job():
            return one.spec.template
        case CronJob():
            return one.spec.job_template.spec.template
        case _:
            return None


def template_digest(template: Template, shelf: Shelf) -> str:
    """Differs when the template or anything it mounts does."""
    return digest(msgspec.to_builtins(template), shelf.used_by(template.spec))


def pem_of(secret: Secret) -> bytes:
    """Certificate and key of a Secret of type kubernetes.io/tls, as HAProxy reads them; empty without both."""
    keys = {key: base64.b64decode(value) for key, value in secret.data.items()}
    keys.update({key: value.encode() for key, value in secret.string_data.items()})
    certificate, key = keys.get("tls.crt", b""), keys.get("tls.key", b"")
    return certificate.rstrip() + b"\n" + key if certificate and key else b""
