"""Makes keys and changes what is set for them, in the shapes of transit."""

import re
from typing import Any, Final

import msgspec

from yunyue.services.crypto.ask import DONE, Answer, Ask, decoder_of
from yunyue.services.crypto.describing import described
from yunyue.services.crypto.fault import NOT_FOUND, Fault, internal
from yunyue.services.crypto.key import HOUR_SECONDS, WAITING_DAYS, Key, KeyConfig
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.kinds import DEFAULT, KINDS
from yunyue.services.crypto.moments import seconds

NAME: Final = re.compile(r"\w(?:[\w.-]*\w)?", re.ASCII)
LONGEST_NAME: Final = 128


def is_name(text: str) -> bool:
    """Whether a key may have this name."""
    return len(text) <= LONGEST_NAME and NAME.fullmatch(text) is not None


class MakeBody(msgspec.Struct):
    """What may be said of a new key."""

    type: str = DEFAULT
    derived: bool = False
    convergent_encryption: bool = False
    exportable: bool = False
    allow_plaintext_backup: bool = False
    key_size: int = 0
    auto_rotate_period: int | str = 0
    in_token: bool = False


class ConfigBody(msgspec.Struct):
    """What may be changed of a key; None leaves it."""

    min_decryption_version: int | None = None
    min_encryption_version: int | None = None
    deletion_allowed: bool | None = None
    exportable: bool | None = None
    allow_plaintext_backup: bool | None = None
    auto_rotate_period: int | str | None = None
    deletion_delay_days: int | None = None


class TrimBody(msgspec.Struct):
    """The oldest version to keep."""

    min_available_version: int | None = None


_MAKE: Final = decoder_of(MakeBody)
_CONFIG: Final = decoder_of(ConfigBody)
_TRIM: Final = decoder_of(TrimBody)


def make(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name. A key that is there stays as it is."""
    body, name = ask.read(_MAKE), ask.rest[1]
    if isinstance(body, Fault):
        return body
    period = rotation_period(body.auto_rotate_period)
    if isinstance(period, Fault):
        return period
    faulty = _unmakeable(body)
    if faulty is not None:
        return faulty
    config = KeyConfig(
        name,
        body.type,
        space.now(),
        derived=body.derived,
        convergent=body.convergent_encryption,
        exportable=body.exportable,
        allow_plaintext_backup=body.allow_plaintext_backup,
        key_size=body.key_size,
        auto_rotate_period=period,
        in_token=body.in_token,
    )
    made = space.make(config)
    return made if isinstance(made, Fault) else described(made, space)


def _unmakeable(body: MakeBody) -> Fault | None:
    kind = KINDS.get(body.type)
    if kind is None:
        return Fault(f"unknown key type {body.type}")
    if body.convergent_encryption and not body.derived:
        return Fault("convergent encryption requires derivation to be enabled")
    if body.derived and not kind.derives:
        return Fault(f"key derivation and convergent encryption not supported for keys of type {body.type}")
    if body.in_token and (body.exportable or body.allow_plaintext_backup):
        return Fault("a key in a token cannot leave it: neither exportable nor allow_plaintext_backup")
    if body.key_size and not kind.macs_only:
        return Fault("key_size is not valid for algorithm " + body.type)
    if body.key_size and not 32 <= body.key_size <= 512:
        return Fault(f"invalid key_size {body.key_size}")
    if body.type == "hmac" and not body.key_size:
        return internal("invalid key size for HMAC key, must be between 32 and 512 bytes")
    return None


def rotation_period(given: int | str) -> int | Fault:
    """How often a key is rotated, in seconds; 0 for never."""
    period = seconds(given, "auto_rotate_period")
    if isinstance(period, int) and 0 < period < HOUR_SECONDS:
        return Fault("auto rotate period must be 0 to disable or at least an hour")
    return period


def show(ask: Ask, space: KeySpace) -> Answer | Fault:
    """GET keys/:name."""
    key = space.get(ask.rest[1])
    return NOT_FOUND if key is None else described(key, space)


def listed(ask: Ask, space: KeySpace) -> Answer | Fault:
    """LIST keys."""
    del ask
    names = space.names()
    return Answer({"keys": names}) if names else NOT_FOUND


def rotate(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/rotate."""
    turned = space.rotate(ask.rest[1])
    if isinstance(turned, Fault):
        return turned
    ask.version = turned.config.latest
    return described(turned, space)


def configure(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/config."""
    body, name = ask.read(_CONFIG), ask.rest[1]
    if isinstance(body, Fault):
        return body
    period = None if body.auto_rotate_period is None else rotation_period(body.auto_rotate_period)
    if isinstance(period, Fault):
        return period

    def changed(key: Key) -> KeyConfig | Fault:
        return _checked(key, _wanted(body, period))

    done = space.change(name, changed)
    return done if isinstance(done, Fault) else described(done, space)


def _wanted(body: ConfigBody, period: int | None) -> dict[str, Any]:
    wanted = {field: getattr(body, field) for field in ConfigBody.__struct_fields__}
    wanted["auto_rotate_period"] = period
    return {field: value for field, value in wanted.items() if value is not None}


def _checked(key: Key, wanted: dict[str, Any]) -> KeyConfig | Fault:
    config, latest = key.config, key.config.latest
    decryption = wanted.get("min_decryption_version", config.min_decryption_version) or 1
    encryption = wanted.get("min_encryption_version", config.min_encryption_version)
    for what, number in (("decryption", decryption), ("encryption", encryption)):
        if number < 0:
            return Fault(f"min {what} version cannot be negative")
        if number > latest:
            return Fault(f"cannot set min {what} version of {number}, latest key version is {latest}")
    if 0 < encryption < decryption:
        return Fault(f"cannot set min encryption/decryption values; min decryption version of {decryption} is greater")
    if decryption < config.min_available_version:
        return Fault("min decryption version should not be less then min available version")
    days = wanted.get("deletion_delay_days", config.deletion_delay_days)
    if not WAITING_DAYS[0] <= days <= WAITING_DAYS[1]:
        return Fault(f"deletion_delay_days is between {WAITING_DAYS[0]} and {WAITING_DAYS[1]}, not {days}")
    if config.in_token and (wanted.get("exportable") or wanted.get("allow_plaintext_backup")):
        return Fault("a key in a token cannot leave it: neither exportable nor allow_plaintext_backup")
    for once in ("exportable", "allow_plaintext_backup"):
        # What was once allowed to leave may have left: the permission cannot be taken back, only given.
        wanted[once] = wanted.get(once, False) or getattr(config, once)
    return msgspec.structs.replace(config, **{**wanted, "min_decryption_version": decryption})


def trim(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/trim: destroy versions that are no longer used."""
    body = ask.read(_TRIM)
    if isinstance(body, Fault):
        return body
    wanted = body.min_available_version
    if wanted is None:
        return Fault("missing min_available_version")

    def trimmed(key: Key) -> KeyConfig | Fault:
        config = key.config
        if wanted < config.min_available_version:
            return Fault("minimum available version cannot be decremented")
        if config.min_encryption_version == 0:
            return Fault("minimum available version cannot be set when minimum encryption version is not set")
        if wanted > config.latest:
            return Fault("minimum available version cannot be greater than latest version")
        if wanted > config.min_encryption_version:
            return Fault("minimum available version cannot be greater than minmum encryption version")
        if wanted > config.min_decryption_version:
            return Fault("minimum available version cannot be greater than minimum decryption version")
        return msgspec.structs.replace(config, min_available_version=wanted)

    done = space.change(ask.rest[1], trimmed)
    return done if isinstance(done, Fault) else described(done, space)


def delete(ask: Ask, space: KeySpace) -> Answer | Fault:
    """DELETE keys/:name: the key can be taken back until its waiting period ends."""
    done = space.delete(ask.rest[1])
    return done if isinstance(done, Fault) else DONE


def put_aside(ask: Ask, space: KeySpace) -> Answer | Fault:
    """DELETE keys/:name/soft-delete."""
    done = space.put_aside(ask.rest[1])
    return done if isinstance(done, Fault) else described(done, space)


def take_back(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST keys/:name/soft-delete-restore: undo either kind of deletion."""
    done = space.take_back(ask.rest[1])
    return done if isinstance(done, Fault) else described(done, space)
