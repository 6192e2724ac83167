"""What an operator may set, where a setting comes from, and how a wrong one is refused.

A setting is an environment variable (YUNYUE_PORT) or a key of `yunyue.toml` in the home folder (port); the variable
wins. Anything unknown or malformed is refused by name before the platform touches a file.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from yunyue.answer import Refused

PREFIX: Final = "YUNYUE_"
FILE: Final = "yunyue.toml"

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Origin = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,199}$(?!\n)")]
Address = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+)?$(?!\n)")]
Database = Annotated[str, msgspec.Meta(pattern=r"^(sqlite|postgresql://\S+)$(?!\n)")]
Bucket = Annotated[
    str, msgspec.Meta(pattern=r"^(folder|/\S+|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s?]*)?(\?\S+)?)$(?!\n)")
]
Engine = Annotated[str, msgspec.Meta(pattern=r"^(duckdb|clickhouses?://\S*|spark://\S+)$(?!\n)")]
Host = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.:_*\[\]-]+$(?!\n)")]
Role = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(_[a-z]+)*$(?!\n)")]
Seal = Annotated[str, msgspec.Meta(pattern=r"^((pkcs11:|transit:https?://)\S+)?$(?!\n)")]
Kubeconfig = Annotated[str, msgspec.Meta(pattern=r"^(/\S+)?$(?!\n)")]
Site = Annotated[str, msgspec.Meta(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+$(?!\n)")]
Issuer = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s]+)?$(?!\n)")]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting, with its default.

    `database` is "sqlite" (files in the home folder) or a postgresql:// address; `origin` names the journal in its
    checkpoints; `public_url` is the address people type, cookies are secure when it is https; `allowed_hosts` are the
    names the console answers to; with `no_engines` services that need system packages stay off;
    with `private_targets` probes may reach loopback and private addresses (a closed network, the tour); at
    `points_port` (0: nowhere) probe points come in by certificate; with `crypto_development` the vault opens itself
    with a key that lies beside it, never for production; `crypto_seal` names the token or other vault that opens it.

    Passwords: `password_length` characters of `password_classes` kinds (of lower and upper case, digits, others), none
    of the last `password_history`, replaced every `password_age_days` (0: never). A session ends after `idle_minutes`
    unused; `lockout_attempts` wrong passwords or codes close a name for `lockout_minutes`. The roles of
    `second_factor_roles` set up a second factor before they see anything. With `oidc_issuer`, `oidc_client` and
    `oidc_secret` people may come in through an OpenID Connect provider, shown as `oidc_name`.

    Samples: `objects` is "folder" (the home folder), another folder, or s3://bucket/prefix?endpoint=…&region=…, with
    the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `series_engine` answers questions about samples; after
    `keep_months` whole calendar months samples are taken away, never sooner than after six.

    Films: this process works with `transcode_workers` (-1: one for two cores; 0: other machines do it all); a film no
    job used for `transcode_upload_days` is taken away (0: never); pages of `transcode_origins` may send films and
    play results, those of no other site may.

    Containers: `kubeconfig` is the absolute path of the file that opens a cluster, for projects that ask for one.
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
    points_port: Port = 0
    crypto_development: bool = False
    crypto_seal: Seal = ""
    password_length: Annotated[int, msgspec.Meta(ge=8, le=128)] = 12
    password_classes: Annotated[int, msgspec.Meta(ge=1, le=4)] = 4
    password_history: Annotated[int, msgspec.Meta(ge=0, le=24)] = 5
    password_age_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 90
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=480)] = 30
    lockout_attempts: Annotated[int, msgspec.Meta(ge=3, le=100)] = 5
    lockout_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 15
    second_factor_roles: tuple[Role, ...] = (
        "system_administrator",
        "security_administrator",
        "audit_administrator",
    )
    oidc_issuer: Issuer = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    oidc_name: str = "OpenID Connect"
    objects: Bucket = "folder"
    series_engine: Engine = "duckdb"
    keep_months: Annotated[int, msgspec.Meta(ge=6, le=1200)] = 1200
    transcode_workers: Annotated[int, msgspec.Meta(ge=-1, le=64)] = -1
    transcode_upload_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 30
    transcode_origins: tuple[Site, ...] = ()
    kubeconfig: Kubeconfig = ""
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
LISTS: Final = frozenset({"allowed_hosts", "second_factor_roles", "transcode_origins"})
"""Settings of several values, separated by commas in the environment."""


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


def of_home(home: Path) -> Settings | Refused:
    """The settings of the installation in a home folder, as this process was given them."""
    return read({**os.environ, f"{PREFIX}HOME": str(home)})


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
    if key in LISTS and isinstance(value, str):
        value = [one.strip() for one in value.split(",") if one.strip()]
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
