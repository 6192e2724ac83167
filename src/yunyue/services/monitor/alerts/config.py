"""The rules, channels and silences of one contract, in one file that is replaced as a whole (it holds secrets)."""

import os
from datetime import date
from pathlib import Path

import msgspec

from yunyue.answer import Refused
from yunyue.services.monitor.alerts.channels import Channel
from yunyue.services.monitor.alerts.rota import Rota
from yunyue.services.monitor.alerts.rules import Rule, Silence
from yunyue.workdays import Calendar


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names are unique (rotas and channels share theirs), and every name that is told exists."""

    rules: tuple[Rule, ...] = ()
    channels: tuple[Channel, ...] = ()
    silences: tuple[Silence, ...] = ()
    rotas: tuple[Rota, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field."""
        for what, names in (
            ("rules", [one.name for one in self.rules]),
            ("channels", [one.name for one in (*self.channels, *self.rotas)]),
            ("silences", [one.name for one in self.silences]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"{what}: a name appears twice among {', '.join(names)}")
        channels = {one.name for one in self.channels}
        for rota in self.rotas:
            _require("rotas", rota.name, {*rota.turns, *rota.holidays} - channels)
        known = channels | {one.name for one in self.rotas}
        for rule in self.rules:
            told = {*rule.channels, *(name for step in rule.escalate for name in step.channels)}
            _require("rules", rule.name, told - known)

    def channels_of(self, names: tuple[str, ...], day: date, calendar: Calendar) -> tuple[str, ...]:
        """The channels that names of channels and rotas stand for on a day, each once."""
        rotas = {one.name: one for one in self.rotas}
        found = (rotas[name].on_duty(day, calendar) if name in rotas else (name,) for name in names)
        return tuple(dict.fromkeys(channel for one in found for channel in one))


def _require(what: str, name: str, missing: set[str]) -> None:
    if missing:
        raise ValueError(f"{what}: {name} tells {', '.join(sorted(missing))}, which is no channel")


def path(folder: Path) -> Path:
    """Where the file lies in the service's folder."""
    return folder / "alerts.json"


def understand(text: bytes) -> Config | Refused:
    """The configuration that untrusted bytes describe, or a refusal that names field and rule."""
    try:
        return msgspec.json.decode(text, type=Config)
    except (msgspec.DecodeError, ValueError) as broken:
        rule, _, place = str(broken).partition(" - at `$.")
        return Refused(rule, f"alerts.{place.rstrip('`')}".rstrip("."), "C37")


def load(folder: Path) -> Config | Refused:
    """The configuration there is; without a file an empty one."""
    try:
        return understand(path(folder).read_bytes())
    except FileNotFoundError:
        return Config()


def save(folder: Path, text: bytes) -> Config | Refused:
    """Replace the configuration. Refused, and nothing changed, when it is not right."""
    config = understand(text)
    if isinstance(config, Refused):
        return config
    fresh = path(folder).with_suffix(".tmp")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(config))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path(folder))
    return config
