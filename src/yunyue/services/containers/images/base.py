"""The base images: busybox alone (1 MB), and a small Debian made by mmdebstrap from the machine's own sources."""

import platform
import struct
import subprocess
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.images.archive import NOBODY, Recipe, write_archive, write_layer
from yunyue.services.containers.podman.station import PATH

BUSYBOX: Final = Path("/bin/busybox")
BUSYBOX_NAME: Final = "localhost/base/busybox:1"
SAMPLE_NAME: Final = "localhost/base/sample-web:1"
DEBIAN_NAME: Final = "localhost/base/debian:12"
PORT: Final = 8080
MOUNT_POINTS: Final = (
    "dev",
    "etc",
    "proc",
    "run",
    "sys",
    "var",
    "var/lib",
    "var/log",
    "mnt",
    "home",
    "www",
    "data",
    "config",
)
"""Folders an image has so that a read-only root can be mounted into."""

DEBIAN_SECONDS: Final = 900
ANSWER: Final = b"#!/bin/sh\nwhile read -r line; do [ ${#line} -le 1 ] && break; done\nexec cat /www/answer\n"
SAMPLE_PAGE: Final = b"<!doctype html><title>Yunyue</title><h1>It works.</h1>\n"


def busybox_recipe(name: str = BUSYBOX_NAME) -> Recipe | Refused:
    """The busybox image. Refused: busybox is not installed, or needs libraries that the image does not have."""
    try:
        program = BUSYBOX.read_bytes()
        listed = subprocess.run([str(BUSYBOX), "--list"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return Refused("busybox is not installed: apt-get install -y busybox-static", "engine", "C37")
    if _interpreted(program):
        return Refused("busybox is not static: apt-get install -y busybox-static", "engine", "C37")
    applets = [one for one in listed.stdout.split() if one != "busybox"]
    passwd = f"root:x:0:0::/:/bin/sh\napp:x:{NOBODY}:{NOBODY}::/:/bin/sh\n"
    return Recipe(
        name=name,
        files={
            "bin/busybox": (program, 0o755),
            "etc/passwd": (passwd.encode(), 0o644),
            "etc/group": (f"root:x:0:\napp:x:{NOBODY}:\n".encode(), 0o644),
            "etc/hosts": (b"", 0o644),
            "etc/nsswitch.conf": (b"passwd: files\ngroup: files\nhosts: files dns\n", 0o644),
            "etc/resolv.conf": (b"", 0o644),
        },
        links={f"bin/{one}": "busybox" for one in applets},
        folders={"bin": 0o755, "tmp": 0o1777, **dict.fromkeys(MOUNT_POINTS, 0o755)},
        command=("/bin/sh",),
        labels={
            "org.opencontainers.image.title": "busybox",
            "yunyue.packages": "busybox-static",
            "yunyue.version.busybox-static": _version("busybox-static"),
        },
    )


def _version(package: str) -> str:
    """The version of a package of this machine; empty when dpkg does not know it."""
    command = ["dpkg-query", "-W", "-f", "${Version}", package]
    return subprocess.run(command, env={"PATH": PATH}, capture_output=True, text=True, check=False).stdout


def _interpreted(program: bytes) -> bool:
    """Whether a 64-bit ELF program asks for a loader (a header of type PT_INTERP), and so for libraries."""
    start, size, count = struct.unpack_from("<Q", program, 32)[0], *struct.unpack_from("<HH", program, 54)
    return any(struct.unpack_from("<I", program, start + size * index)[0] == 3 for index in range(count))


def sample_recipe(name: str = SAMPLE_NAME, page: bytes = SAMPLE_PAGE) -> Recipe | Refused:
    """A web application that serves one page on port 8080.

    `nc -ll -p 8080 -e /bin/answer` serves it too, each answer in one piece: busybox's httpd writes head and body
    one after the other, and a request that was half answered when its server was killed cannot be asked again.
    """
    base = busybox_recipe(name)
    if isinstance(base, Refused):
        return base
    return Recipe(
        name=name,
        files={
            **base.files,
            "www/index.html": (page, 0o644),
            "www/answer": (_answer(page), 0o644),
            "bin/answer": (ANSWER, 0o755),
        },
        links=base.links,
        folders=base.folders,
        command=("/bin/httpd", "-f", "-p", str(PORT), "-h", "/www"),
        ports=(PORT,),
        labels={**base.labels, "org.opencontainers.image.title": "sample-web"},
    )


def _answer(page: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n".encode() + page


def build(recipe: Recipe, target: Path) -> str | Refused:
    """Write an image's archive; its digest. Refused: the disk is full."""
    if platform.machine() != "x86_64":
        return Refused(f"images are made for amd64 here, not {platform.machine()}", "engine", "C37")
    try:
        return write_archive(recipe, target)
    except OSError as error:
        return Refused(f"the image cannot be written: {error.strerror}", "image", "C37")


def build_debian(target: Path, packages: tuple[str, ...] = (), name: str = DEBIAN_NAME) -> str | Refused:
    """A Debian with the packages named, from the sources this machine uses; minutes, and the network or a mirror.

    Refused: mmdebstrap is not installed, or what it said.
    """
    layer = target.with_suffix(".layer.tar")
    command = ["mmdebstrap", "--variant=minbase", "--format=tar", "bookworm", str(layer)]
    if packages:
        command.insert(2, f"--include={','.join(packages)}")
    try:
        done = subprocess.run(
            command, env={"PATH": PATH}, capture_output=True, text=True, timeout=DEBIAN_SECONDS, check=False
        )
    except FileNotFoundError:
        return Refused("mmdebstrap is not installed: apt-get install -y mmdebstrap", "engine", "C37")
    except subprocess.TimeoutExpired:
        return Refused(f"mmdebstrap was not done within {DEBIAN_SECONDS} s", "engine", "C37")
    if done.returncode:
        return Refused(f"mmdebstrap failed: {done.stderr.strip()[-300:]}", "engine", "C37")
    recipe = Recipe(name=name, command=("/bin/bash",), user=str(NOBODY), labels={"yunyue.packages": ",".join(packages)})
    try:
        return write_layer(recipe, layer.read_bytes(), target)
    finally:
        layer.unlink(missing_ok=True)
