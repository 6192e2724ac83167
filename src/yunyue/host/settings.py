"""What an operator may set, where a setting comes from, and how a wrong one is refused.

A setting is an environment variable (YUNYUE_PORT) or a key of `yunyue.toml` in the home folder (port); the variable
wins. Anything unknown or malformed is refused by name before the platform touches a file.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from yunyue.answer import Refused

PREFIX: Final = "YUNYUE_"
FILE: Final = "yunyue.toml"

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Origin = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,199}$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+)?$")]
Database = Annotated[str, msgspec.Meta(pattern=r"^(sqlite|postgresql://\S+)$")]
Host = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.:_*\[\]-]+$")]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting, with its default.

    `database` is "sqlite" (files in the home folder) or a postgresql:// address; `origin` names the journal in its
    checkpoints; `public_url` is the address people type, cookies are secure when it is https; `allowed_hosts` are the
    names the console answers to; with `no_engines` services that need system packages stay off;
    with `private_targets` probes may reach loopback and private addresses (a closed network, the tour); with
    `crypto_development` the vault opens itself with a key that lies beside it, never for production.
    """

    home: Path
    bind: Host = "127.0.0.1"
    port: Port = 8000
    database: Database = "sqlite"
    origin: Origin = "yunyue.local/journal"
    public_url: Address = ""
    allowed_hosts: tuple[Host, ...] = ("localhost", "127.0.0.1", "[::1]")
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    no_engines: bool = False
    private_targets: bool = False
    crypto_development: bool = False
    debug: bool = False

    @property
    def secure(self) -> bool:
        """Whether people reach the console over TLS."""
        return self.public_url.startswith("https://")

    @property
    def address(self) -> str:
        """Where the console is found."""
        return self.public_url or f"http://{self.bind}:{self.port}"


TYPES: Final[Mapping[str, Any]] = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def read(environment: Mapping[str, str]) -> Settings | Refused:
    """The settings an environment and its home folder's file ask for; Refused names the setting and the rule."""
    wanted = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
    home = Path(wanted.pop(f"{PREFIX}HOME", "") or "var").expanduser().absolute()
    given = _file(home / FILE)
    if isinstance(given, Refused):
        return given
    chosen: dict[str, Any] = {"home": home}
    from_file = [(key, f"{FILE}: {key}", value) for key, value in given.items()]
    from_environment = [(name.removeprefix(PREFIX).lower(), name, text) for name, text in sorted(wanted.items())]
    for key, shown, value in from_file + from_environment:
        read_value = _value(key, shown, value)
        if isinstance(read_value, Refused):
            return read_value
        chosen[key] = read_value
    return Settings(**chosen)


def environment(settings: Settings) -> dict[str, str]:
    """The environment variables that give these settings to another process."""
    return {f"{PREFIX}{key.upper()}": _text(getattr(settings, key)) for key in TYPES}


def _file(path: Path) -> Mapping[str, Any] | Refused:
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        return Refused(f"The settings file cannot be read: {problem}", str(path))
    if "home" in given:
        return Refused(f"The home folder is set by {PREFIX}HOME only; a file inside it cannot move it", f"{FILE}: home")
    return given


def _value(key: str, shown: str, value: object) -> Any:
    kind = TYPES.get(key)
    if kind is None or shown != shown.strip():
        return Refused(f"There is no such setting; the settings are {', '.join(sorted(TYPES))}", shown)
    if key == "allowed_hosts" and isinstance(value, str):
        value = [host.strip() for host in value.split(",") if host.strip()]
    try:
        return msgspec.convert(value, kind, strict=not isinstance(value, str))
    except msgspec.ValidationError as problem:
        return Refused(f"{problem}", shown)


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return ",".join(value)
        case _:
            return str(value)
