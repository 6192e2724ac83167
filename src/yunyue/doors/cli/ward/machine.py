"""What the machine offers: Python, the locked packages, disk space, ciphers, engines of the services."""

import importlib.metadata
import platform
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yunyue
from yunyue.doors.cli.equipment import NEEDED
from yunyue.doors.cli.ward.finding import Finding, fault, note, ok
from yunyue.doors.opening import discovered
from yunyue.host.ciphers import Algorithm, self_check
from yunyue.host.engines import Found, survey
from yunyue.host.settings import Settings
from yunyue.settlement.statement import Said

OLDEST: Final = (3, 11)
LEAST_FREE: Final = 1 << 30
PYTHON: Final = Said("Python", "Python")
PACKAGES: Final = Said("软件包与 uv.lock 一致", "Packages are those of uv.lock")
CIPHERS: Final = Said("密码算法自检", "Self-check of the ciphers")
DISK: Final = Said("磁盘空间", "Disk space")
LOCK: Final = Path(yunyue.__file__).resolve().parents[2] / "uv.lock"


def python() -> Finding:
    """The interpreter this runs in."""
    version = platform.python_version()
    if sys.version_info >= OLDEST:
        return ok(PYTHON, version)
    return fault(PYTHON, version, "请安装 Python 3.11 或更新版本", "install Python 3.11 or later")


def packages(lock: Path = LOCK) -> Finding:
    """Installed versions against the lock; a wheel carries no lock."""
    try:
        locked = tomllib.loads(lock.read_text("utf-8"))["package"]
    except OSError:
        return note(
            PACKAGES, "-", "由安装包安装，无 uv.lock 可比", "installed from a wheel: there is no uv.lock to compare"
        )
    # A lock names a package twice where another Python takes another version of it.
    wanted: dict[str, set[str | None]] = {}
    for one in locked:
        if one["name"] != "yunyue":
            wanted.setdefault(one["name"], {None}).add(one["version"])
    other = sorted(name for name, versions in wanted.items() if _version(name) not in versions)
    missing = sorted(name for name in _direct(locked) if _version(name) is None)
    if other or missing:
        detail = ", ".join([*other, *(f"-{name}" for name in missing)])
        return fault(PACKAGES, detail, "删除 .venv 后运行 ./yunyue", "delete .venv and run ./yunyue again")
    return ok(PACKAGES, f"{sum(_version(name) is not None for name in wanted)}")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _direct(locked: list[dict[str, object]]) -> list[str]:
    """The packages we name ourselves, for running."""
    own = next(one for one in locked if one["name"] == "yunyue")
    needed = own.get("dependencies", [])
    assert isinstance(needed, list), "uv writes a list"
    return [one["name"] for one in needed]


def disk(settings: Settings) -> Finding:
    """Free space where the installation lies, or will lie."""
    there = next(one for one in (settings.home, *settings.home.parents) if one.exists())
    free = shutil.disk_usage(there).free
    detail = f"{free / (1 << 30):.1f} GiB"
    if free >= LEAST_FREE:
        return ok(DISK, detail)
    return fault(DISK, detail, f"请在 {there} 腾出至少 1 GiB", f"free at least 1 GiB beside {there}")


def ciphers() -> Finding:
    """Each cipher tried on the example its standard publishes."""
    unusable = [str(one) for one in self_check()]
    if not unusable:
        return ok(CIPHERS, ", ".join(("SM3", *(one.value for one in Algorithm))))
    remedy = "apt-get install -y libssl3"
    return fault(CIPHERS, "; ".join(unusable), remedy, remedy)


def engines(*, full: bool) -> Iterator[Finding]:
    """Programs of the system that an available service needs and must find; `full` lists all that are known."""
    available = {entry.code for entry in discovered().entries if entry.available}
    needed = {name for code in available for name in NEEDED.get(code, ())}
    for one in survey():
        if not full and one.engine.name not in needed:
            continue
        what = Said(f"引擎 {one.engine.name}", f"Engine {one.engine.name}")
        if isinstance(one, Found):
            yield ok(what, f"{one.version or '?'}  {one.path}")
        else:
            tell = fault if one.engine.name in needed else note
            yield tell(what, one.engine.needed_for, one.remedy, one.remedy)
