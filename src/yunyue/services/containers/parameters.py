"""What an order of containers states: a project's name, what it may use, and how far it may reach."""

from typing import Annotated, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class ProjectOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A project: a name of its own, a quota, a network nobody else reaches."""

    name: Annotated[
        str,
        msgspec.Meta(
            title="项目名",
            description="Name of the project, small letters and digits; empty: taken from the order.",
            pattern=r"^([a-z]([a-z0-9-]{0,38}[a-z0-9])?)?$(?!\n)",
        ),
    ] = ""
    vcpu: Annotated[
        Count, msgspec.Meta(title="vCPU 配额", description="Processors that all limits together may ask for.")
    ] = 2
    memory_gib: Annotated[Count, msgspec.Meta(title="内存配额（GiB）", description="GiB of memory, the same way.")] = 4
    storage_gib: Annotated[Count, msgspec.Meta(title="存储配额（GiB）", description="GiB of all volumes together.")] = (
        10
    )
    replicas: Annotated[int, msgspec.Meta(ge=1, le=200, title="副本配额", description="Replicas at once.")] = 20
    ports: Annotated[
        int, msgspec.Meta(ge=1, le=64, title="端口配额", description="Ports of Services; so many are balanced.")
    ] = 16
    egress: Annotated[bool, msgspec.Meta(title="可访问外网", description="Whether it may reach the outside.")] = False
    allow_root: Annotated[
        bool, msgspec.Meta(title="允许 root", description="Whether programs may run as root inside their container.")
    ] = False
    engine: Annotated[
        Literal["podman", "kubernetes"],
        msgspec.Meta(title="引擎", description="This machine's podman, or a Kubernetes cluster."),
    ] = "podman"
