"""Volumes that outlive replicas: each a file with a file system of its own, so that a writer meets its size.

Quotas of directories need a file system that has them (xfs); a file mounted by the kernel's loop device stops a writer
anywhere. Where the kernel has no loop device, a plain folder takes its place and its size is only watched.
"""

import errno
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.checks import relative
from yunyue.services.containers.podman.station import PATH

SMALLEST: Final = 4 << 20
RESERVE: Final = 2 << 30


class Volumes:
    """The volumes of an installation, by project and claim."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._attaching = threading.Lock()

    def folder(self, project: str, claim: str) -> Path:
        """Where a volume is mounted. Raises ValueError for names that lead elsewhere: we mount and format as root."""
        for name in (project, claim):
            if not relative(name) or "/" in name:
                raise ValueError(f"not the name of a folder: {name!r}")
        return self._folder / project / claim / "mounted"

    def attach(self, project: str, claim: str, size: int, group: int) -> Path | Refused:
        """Have a volume mounted, made when there is none. Refused: the disk is full, or mounting failed."""
        # Two replicas that share a volume start at once, and it is made and mounted once.
        with self._attaching:
            return self._attached(project, claim, size, group)

    def _attached(self, project: str, claim: str, size: int, group: int) -> Path | Refused:
        place = self.folder(project, claim)
        if place.is_mount():
            return place
        image = place.with_name("image")
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = _format(image, max(size, SMALLEST)) if not image.exists() else None
        except OSError as error:
            return Refused(f"the volume cannot be made: {error.strerror}", f"volume {claim}", "C37")
        failed = made or _run("mount", "-o", "loop,nosuid,nodev", str(image), str(place))
        if failed:
            return Refused(f"the volume cannot be mounted: {failed}", f"volume {claim}", "C37")
        os.chown(place, 0, group)
        place.chmod(0o2777)
        return place

    def detach(self, project: str, claim: str) -> None:
        """Unmount it; what it holds stays."""
        place = self.folder(project, claim)
        if place.is_mount():
            _run("umount", "-l", str(place))

    def destroy(self, project: str, claim: str) -> None:
        """For good."""
        self.detach(project, claim)
        place = self.folder(project, claim)
        place.with_name("image").unlink(missing_ok=True)
        for folder in (place, place.parent):
            if folder.exists():
                folder.rmdir()

    def all(self) -> list[tuple[str, str]]:
        """Every volume: project and claim."""
        return [(path.parent.parent.name, path.parent.name) for path in self._folder.glob("*/*/mounted")]


def _format(image: Path, size: int) -> str:
    """All of its room is taken at once: nobody is promised what is not there, and some is left for the platform."""
    left = shutil.disk_usage(image.parent)
    if left.free - size < min(RESERVE, left.total // 20):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    draft = image.with_suffix(".draft")
    try:
        with draft.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
        failed = _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,nodiscard", str(draft))
        if not failed:
            draft.rename(image)
        return failed
    finally:
        draft.unlink(missing_ok=True)


def _run(*command: str) -> str:
    done = subprocess.run(command, env={"PATH": PATH}, capture_output=True, text=True, check=False)
    return (done.stderr or done.stdout).strip()[-300:] if done.returncode else ""
