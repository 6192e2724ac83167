"""Whom a program runs as: what the manifest says, else what the image says; never root by accident."""

from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.services.containers.manifest.pod import PodSpec
from yunyue.services.containers.podman.mounts import Owner


@dataclass(frozen=True, slots=True)
class RunsAs:
    """The user as podman takes it, and who owns the files that are mounted."""

    user: str
    owner: Owner


def runs_as(spec: PodSpec, image_user: str) -> RunsAs | Refused:
    """Refused: the image runs as root, or as a name nobody can tell from root, and the manifest forbids root."""
    context, shared = spec.container.security_context, spec.security_context
    user = context.run_as_user if context.run_as_user is not None else shared.run_as_user
    group = context.run_as_group if context.run_as_group is not None else shared.run_as_group
    stated = context.run_as_non_root if context.run_as_non_root is not None else shared.run_as_non_root
    name, _, group_name = image_user.partition(":")
    if user is None and name.isdecimal():
        user = int(name)
        group = int(group_name) if group is None and group_name.isdecimal() else group
    if stated and not user:
        told = f"user {name!r}, which cannot be told from root" if name and user is None else "root"
        return Refused(f"the image runs as {told}; set runAsUser", "securityContext.runAsUser", "C37")
    if user is None:
        return RunsAs(image_user or "0", Owner(0, shared.fs_group or 0))
    chosen = group if group is not None else user
    return RunsAs(f"{user}:{chosen}", Owner(user, shared.fs_group if shared.fs_group is not None else chosen))
