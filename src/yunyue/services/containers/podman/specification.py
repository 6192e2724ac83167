"""A replica's container as podman is told to make it: what the manifest asks for, and what no manifest can undo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from yunyue.services.containers.manifest.pod import Container, PodSpec
from yunyue.services.containers.manifest.quantity import milli, octets

PERIOD_US: Final = 100_000
MOST_PROCESSES: Final = 512
MOST_LOG: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class Making:
    """What is known of a container beyond its manifest."""

    name: str
    hostname: str
    image: str
    user: str
    groups: tuple[str, ...]
    labels: Mapping[str, str]
    environment: Mapping[str, str]
    mounts: tuple[dict[str, Any], ...]
    network: str
    cgroup: str
    egress: bool


def limits(container: Container) -> tuple[int, int]:
    """Thousandths of a processor and octets a container may use; admission made sure that both are there."""
    given = container.resources.limits
    return milli(given["cpu"]), octets(given["memory"])


def body(spec: PodSpec, making: Making) -> dict[str, Any]:
    """What POST /containers/create takes."""
    container = spec.container
    context = container.security_context
    processor, memory = limits(container)
    made: dict[str, Any] = {
        "name": making.name,
        "image": making.image,
        "hostname": making.hostname,
        "labels": dict(making.labels),
        "env": dict(making.environment),
        "user": making.user,
        "groups": list(making.groups),
        "mounts": list(making.mounts),
        "networks": {making.network: {}},
        "netns": {"nsmode": "bridge"},
        "use_image_hosts": True,
        "use_image_resolve_conf": not making.egress,
        "cgroup_parent": making.cgroup,
        "resource_limits": {
            "cpu": {"quota": max(processor * PERIOD_US // 1000, 1000), "period": PERIOD_US, "shares": processor},
            "memory": {"limit": memory, "swap": memory},
            "pids": {"limit": MOST_PROCESSES},
        },
        "cap_drop": ["all"],
        "cap_add": ["CAP_NET_BIND_SERVICE"] if "NET_BIND_SERVICE" in context.capabilities.add else [],
        "no_new_privileges": True,
        "privileged": False,
        "read_only_filesystem": context.read_only_root_filesystem,
        "image_volume_mode": "tmpfs",
        "stop_timeout": spec.termination_grace_period_seconds,
        "restart_policy": "no",
        "systemd": "false",
        "sdnotifyMode": "ignore",
        "log_configuration": {"driver": "k8s-file", "size": MOST_LOG},
        "oom_score_adj": 500,
        "terminal": False,
    }
    if container.command:
        made["entrypoint"] = list(container.command)
        made["command"] = list(container.args)
    elif container.args:
        made["command"] = list(container.args)
    if container.working_dir:
        made["work_dir"] = container.working_dir
    return made
