"""The system packages that services need: brought on a Debian machine by its administrator, else named."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Registry
from yunyue.doors.cli.voice import Voice
from yunyue.doors.opening import discovered
from yunyue.host.engines import Missing, survey

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "containers": ("podman", "runc", "netavark", "aardvark-dns", "iptables", "nft", "haproxy", "docker-registry"),
    "transcode": ("ffmpeg", "bwrap"),
}
"""Engines by service. The other services need none."""


def equip(no_engines: bool, voice: Voice) -> list[str] | Refused:
    """Install what the available services lack, unless told not to; lines that say which services are off, and why."""
    registry = discovered()
    lacking = missing(registry)
    lines = [
        _off(entry.title.zh, entry.title.en, _reason(registry, entry.code, voice), voice)
        for entry in registry.entries
        if not entry.available
    ]
    if not lacking:
        return lines
    if no_engines or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return [*lines, *(_off(code, code, one.remedy, voice) for code, found in lacking.items() for one in found)]
    packages = sorted({one.engine.package for found in lacking.values() for one in found})
    return _installed(packages) or lines


def missing(registry: Registry) -> dict[str, list[Missing]]:
    """By available service, the engines it needs and this machine lacks."""
    here = {one.engine.name: one for one in survey()}
    found: dict[str, list[Missing]] = {}
    for entry in registry.entries:
        wanted = [here[name] for name in NEEDED.get(entry.code, ())]
        lacking = [one for one in wanted if isinstance(one, Missing)]
        if entry.available and lacking:
            found[entry.code] = lacking
    return found


def _installed(packages: list[str]) -> Refused | None:
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    )
    if done.returncode == 0:
        return None
    return Refused(
        f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}; start with --no-engines to go on", "engines"
    )


def _reason(registry: Registry, code: str, voice: Voice) -> str:
    service = registry.services[code]
    state = service.entry.state
    return "" if state is None else voice.pick(state.reason.zh, state.reason.en)


def _off(zh: str, en: str, why: str, voice: Voice) -> str:
    return voice.pick(f"未启用：{zh}({why})", f"Off: {en} ({why})")
