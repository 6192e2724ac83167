"""The keys of one tenant: made, turned over, trimmed, put aside, brought back and at last destroyed.

Every change is read and written in one transaction, so two processes cannot both rotate a key into the same version.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Final

import msgspec

from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.log import logger
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.errors import RowTampered
from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.key import DAY, Key, KeyConfig
from yunyue.services.crypto.kinds import KINDS
from yunyue.services.crypto.material import Reserve, Secret, Version, fresh, leave_token

RESERVE: Final = 1 << 16
"""Encryptions counted at once; after a crash the unused rest counts as used."""
MOST_ENCRYPTIONS: Final = 1 << 32
"""With random 96-bit nonces no key encrypts more often (NIST SP 800-38D section 8.3): it is turned over before."""

_log = logger("yunyue.crypto")
Change = Callable[[Key], KeyConfig | Fault]
Reserves = defaultdict[tuple[str, int, int], Reserve]

Note = Callable[[str, str, int], None]
"""Told of an operation, a key and a version."""


def _nobody(operation: str, key: str, version: int) -> None:
    """Tells nobody."""
    del operation, key, version


class KeySpace:
    """The keys under one mount. `note` is told of what the vault does by itself, such as a forced rotation."""

    def __init__(self, barrier: Barrier, identifier: str, now: Callable[[], int]) -> None:
        self._barrier = barrier
        self.now = now
        self._cache: dict[str, Key] = {}
        self._no_upsert: bool | None = None
        self.identifier = identifier
        self.note: Note = _nobody
        self.reserves: Reserves = defaultdict(Reserve)
        """By name, making and number of a version. They outlast the reading anew of what another process changed."""

    def forget(self) -> None:
        """Read everything again: another process changed it, or the vault was sealed."""
        self._cache, self._no_upsert = {}, None

    @property
    def upsert_disabled(self) -> bool:
        """Whether using a key that is not there makes none."""
        if self._no_upsert is None:
            self._no_upsert = self._barrier.read(self._path("setting", "disable-upsert")) is not None
        return self._no_upsert

    def disable_upsert(self, disabled: bool) -> None:
        """Set whether using a key that is not there makes none."""
        self._barrier.write(self._path("setting", "disable-upsert"), b"1" if disabled else None)
        self._no_upsert = disabled

    def get(self, name: str) -> Key | None:
        """The key of that name."""
        return self._cache.get(name) or self._load(name)

    def names(self) -> list[str]:
        """Every key, by name; also those that wait for destruction."""
        return self._barrier.names(self._path("key", ""))

    def make(self, config: KeyConfig, secret: Secret | None = None) -> Key | Fault:
        """The key, new; the one that is there when it has the same type."""
        if config.type not in KINDS:
            return Fault(f"unknown key type {config.type}")
        made = secret or fresh(config.kind, config.key_size, self.now(), in_token=config.in_token)
        if isinstance(made, Unavailable):
            return Fault(f"this machine cannot make such a key: {made}")
        with self._barrier.change():
            there = self._load(config.name)
            if there is not None:
                return there
            self._write_secret(config.name, 1, made)
            self._write_config(config)
            self._begin(config)
        return self._loaded(config.name)

    def put_back(
        self, config: KeyConfig, secrets: dict[int, Secret], counts: dict[int, int], *, force: bool
    ) -> Fault | None:
        """A key from a backup. `counts`: how often each version had encrypted; a secret is never counted anew.

        `force`: in the place of one that is there; versions the backup does not have go only if deletion is allowed.
        """
        lost: list[Secret] = []
        with self._barrier.change():
            there = self._load(config.name)
            if there is not None:
                if not force:
                    return internal(f'key "{config.name}" already exists')
                known = {one.secret for one in secrets.values()}
                lost = [one.row for one in there.versions.values() if one.row.secret not in known]
                if lost and not there.config.deletion_allowed:
                    return internal("versions that are not in the backup would be destroyed; allow deletion first")
                kept = {number: self.counted(config.name, number) for number in there.versions}
                counts = {number: max(counts.get(number, 0), kept.get(number, 0)) for number in secrets}
                self._erase(config.name)
            config = msgspec.structs.replace(config, made=self.now())
            for number, secret in secrets.items():
                self._write_secret(config.name, number, secret)
                self._write_count(config.name, number, min(max(counts.get(number, 0), 0), MOST_ENCRYPTIONS))
            self._write_config(config)
            self._begin(config)
        self._cache.pop(config.name, None)
        leave_token(lost)
        return None

    def change(self, name: str, change: Change) -> Key | Fault:
        """The key after `change` said what is set from now on."""
        with self._barrier.change():
            key = self._load(name)
            if key is None:
                return Fault("no existing key named " + name + " could be found")
            config = change(key)
            if isinstance(config, Fault):
                return config
            self._write_config(config)
            least = max(config.min_available_version, 1)
            trimmed = [one for number, one in key.versions.items() if not least <= number <= config.latest]
            for one in trimmed:
                self._barrier.write(self._version_path(name, one.number), None)
        leave_token(one.row for one in trimmed)
        return self._loaded(name)

    def rotate(self, name: str, secret: Secret | None = None, why: str = "") -> Key | Fault:
        """The key with one more version, which is the latest.

        `why`: the vault does it by itself, and it is on record before. Raises StorageFailed when that fails.
        """
        key = self.get(name)
        if key is None:
            return Fault("key not found")
        refused = _unturnable(key.config) if secret is None else None
        if refused is not None:
            return refused
        made = secret or fresh(key.config.kind, key.config.key_size, self.now(), in_token=key.config.in_token)
        if isinstance(made, Unavailable):
            _log.error("a key was not rotated", key=name, why=why or "asked for", reason=str(made))
            return Fault(f"this machine cannot make such a key: {made}")
        if why:
            self.note(why, name, key.config.latest + 1)

        def add(current: Key) -> KeyConfig | Fault:
            if current.config.soft_deleted:
                return Fault("refusing to use soft-deleted key")
            latest = current.config.latest + 1
            self._write_secret(name, latest, made)
            return msgspec.structs.replace(current.config, latest=latest, rotated=made.made)

        return self.change(name, add)

    def set_chain(self, name: str, number: int, chain: str) -> Fault | None:
        """Keep the certificates of a version beside it."""
        with self._barrier.change():
            key = self._load(name)
            version = None if key is None else key.versions.get(number)
            if version is None:
                return Fault("version does not exist or cannot be found")
            self._write_secret(name, number, msgspec.structs.replace(version.row, chain=chain))
        self._cache.pop(name, None)
        return None

    def delete(self, name: str) -> Key | Fault:
        """Put the key aside; it is destroyed when its waiting period ends, and can be brought back until then."""
        now = self.now()

        def aside(key: Key) -> KeyConfig | Fault:
            if not key.config.deletion_allowed:
                return Fault(f"error deleting policy {name}: deletion is not allowed for this key")
            end = key.config.erase_at or now + key.config.deletion_delay_days * DAY
            self._end(key.config)
            return msgspec.structs.replace(key.config, soft_deleted=True, deleted=now, erase_at=end)

        changed = self.change(name, aside) if self.get(name) is not None else None
        return changed or Fault(f"error deleting policy {name}: deletion is not allowed for this key")

    def put_aside(self, name: str) -> Key | Fault:
        """Refuse its use until someone takes it back; nothing is destroyed."""
        now = self.now()
        return self.change(name, lambda key: msgspec.structs.replace(key.config, soft_deleted=True, deleted=now))

    def take_back(self, name: str) -> Key | Fault:
        """Undo a deletion."""

        def back(key: Key) -> KeyConfig:
            if key.config.erase_at:
                self._begin(key.config)
            return msgspec.structs.replace(key.config, soft_deleted=False, deleted=0, erase_at=0)

        return self.change(name, back)

    def due(self) -> tuple[list[str], list[str]]:
        """The keys whose waiting period ended, which are now destroyed, and those rotated by their schedule.

        Each is on record before it is done, and stays as it is when that fails. Raises StorageFailed then.
        """
        erased, turned, now = [], [], self.now()
        for name in self.names():
            key = self.get(name)
            if key is None:
                continue
            period = key.config.auto_rotate_period * 1000
            if key.config.erase_at and key.config.erase_at <= now:
                # A token that cannot be reached keeps the key on the list: the next round tries again.
                if not leave_token(one.row for one in key.versions.values()):
                    continue
                self.note("erase", name, 0)
                with self._barrier.change():
                    self._erase(name)
                self._cache.pop(name, None)
                erased.append(name)
                continue
            waiting = period and not key.config.soft_deleted and (key.config.rotated or key.config.made) + period <= now
            if waiting and isinstance(self.rotate(name, why="rotate-scheduled"), Key):
                turned.append(name)
        return erased, turned

    def count(self, key: Key, version: Version, uses: int) -> Version | Fault:
        """Count encryptions, durably and before they are made; the version to use, a new one when this is worn out."""
        reserve = version.reserve
        with reserve.counting:
            reserve.left -= uses
            if reserve.left >= 0:
                return version
            wanted = max(RESERVE, uses)
            if self._reserve(key.config.name, version.number, wanted):
                reserve.left += wanted
                return version
        if version.number < key.config.latest:
            return Fault(f"version {version.number} has encrypted 2^32 times; use a newer one")
        turned = self.rotate(key.config.name, why="rotate-worn-out")
        if isinstance(turned, Fault):
            return turned
        return self.count(turned, turned.versions[turned.config.latest], uses)

    def _reserve(self, name: str, number: int, uses: int) -> bool:
        with self._barrier.change():
            total = uses + self.counted(name, number)
            if total <= MOST_ENCRYPTIONS:
                self._write_count(name, number, total)
            return total <= MOST_ENCRYPTIONS

    def counted(self, name: str, number: int) -> int:
        """How often a version may have encrypted: never less than it did."""
        row = self._barrier.read(self._count_path(name, number))
        return int.from_bytes(row, "big") if row else 0

    def _write_count(self, name: str, number: int, count: int) -> None:
        self._barrier.write(self._count_path(name, number), count.to_bytes(8, "big"))

    def _count_path(self, name: str, number: int) -> str:
        return self._path("count", f"{name}/{number:08d}")

    def lives(self) -> list[list[tuple[int, int]]]:
        """See Vault.lives; a destroyed key's life stays on record."""
        rows = self._barrier.under(self._path("life", "")).values()
        return [msgspec.json.decode(row, type=list[tuple[int, int]]) for row in rows]

    def kept(self) -> list[bool]:
        """See Vault.kept."""
        found = []
        for name in self.names():
            row = self._barrier.read(self._path("key", name))
            config = None if row is None else msgspec.json.decode(row, type=KeyConfig)
            least, latest = (1, 1) if config is None else (max(config.min_available_version, 1), config.latest)
            found += [self._opens(name, number) for number in range(least, latest + 1)]
        return found

    def _opens(self, name: str, number: int) -> bool:
        try:
            return self._barrier.read(self._version_path(name, number)) is not None
        except RowTampered:
            return False

    def _begin(self, config: KeyConfig) -> None:
        """The key is usable, and billed, from now on."""
        self._write_life(config, [*self._life(config), (self.now(), 0)])

    def _end(self, config: KeyConfig) -> None:
        """The key is free from now on."""
        *before, last = self._life(config) or [(config.made, 0)]
        self._write_life(config, [*before, (last[0], last[1] or self.now())])

    def _life(self, config: KeyConfig) -> list[tuple[int, int]]:
        row = self._barrier.read(self._life_path(config))
        return msgspec.json.decode(row, type=list[tuple[int, int]]) if row else []

    def _write_life(self, config: KeyConfig, spans: list[tuple[int, int]]) -> None:
        self._barrier.write(self._life_path(config), msgspec.json.encode(spans))

    def _life_path(self, config: KeyConfig) -> str:
        return self._path("life", f"{config.name}/{config.made}")

    def _load(self, name: str) -> Key | None:
        row = self._barrier.read(self._path("key", name))
        if row is None:
            self._cache.pop(name, None)
            return None
        config = msgspec.json.decode(row, type=KeyConfig)
        known = self._cache.get(name)
        versions = {}
        for path, content in self._barrier.under(self._path("version", f"{name}/")).items():
            number, secret = int(path.rsplit("/", 1)[1]), msgspec.json.decode(content, type=Secret)
            old = known.versions.get(number) if known else None
            if old is None or old.row != secret:
                old = Version(config.kind, number, secret, self.reserves[name, config.made, number])
            versions[number] = old
        key = self._cache[name] = Key(config, versions)
        return key

    def _loaded(self, name: str) -> Key | Fault:
        return self._load(name) or Fault("key not found")

    def _erase(self, name: str) -> None:
        row = self._barrier.read(self._path("key", name))
        if row is not None:
            self._end(msgspec.json.decode(row, type=KeyConfig))
        for path in self._barrier.under(self._path("version", f"{name}/")):
            self._barrier.write(path, None)
        for path in self._barrier.under(self._path("count", f"{name}/")):
            self._barrier.write(path, None)
        self._barrier.write(self._path("key", name), None)

    def _write_config(self, config: KeyConfig) -> None:
        self._barrier.write(self._path("key", config.name), msgspec.json.encode(config))

    def _write_secret(self, name: str, number: int, secret: Secret) -> None:
        self._barrier.write(self._version_path(name, number), msgspec.json.encode(secret))

    def _version_path(self, name: str, number: int) -> str:
        return self._path("version", f"{name}/{number:08d}")

    def _path(self, kind: str, rest: str) -> str:
        return f"space/{self.identifier}/{kind}/{rest}"


def _unturnable(config: KeyConfig) -> Fault | None:
    """Why the vault makes no new version of a key."""
    if config.soft_deleted:
        return Fault("refusing to use soft-deleted key")
    if config.imported and not config.allow_rotation:
        return internal("imported key does not allow rotation within Vault")
    return None
