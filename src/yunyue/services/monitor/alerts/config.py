"""The rules, channels and silences of one contract, in one file that is replaced as a whole (it holds secrets)."""

import os
from pathlib import Path

import msgspec

from yunyue.answer import Refused
from yunyue.services.monitor.alerts.channels import Channel
from yunyue.services.monitor.alerts.rules import Rule, Silence


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names are unique among their kind, and every rule names channels that exist."""

    rules: tuple[Rule, ...] = ()
    channels: tuple[Channel, ...] = ()
    silences: tuple[Silence, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field."""
        for what, names in (
            ("rules", [one.name for one in self.rules]),
            ("channels", [one.name for one in self.channels]),
            ("silences", [one.name for one in self.silences]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"{what}: a name appears twice among {', '.join(names)}")
        known = {one.name for one in self.channels}
        for rule in self.rules:
            if missing := set(rule.channels) - known:
                raise ValueError(f"rules: {rule.name} tells {', '.join(sorted(missing))}, which is no channel")


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
