"""What the pages show of keys: ages in days, moments in Beijing time, the acts an account may do, calls a second."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.vault import vault_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.crypto.acting import AT_ONCE
from yunyue.host.clock import BEIJING
from yunyue.services.crypto.custody.acts import Act, Wish, possible
from yunyue.services.crypto.inventory import HeldCertificate, HeldKey, Holdings, visible

State = Literal["new", "sealed", "open"]
MINUTE: Final = 60_000
MINUTES: Final = 60
SOON_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class SealState:
    """Whether the vault is open. `state`: new, sealed, open; `given` of `needed` shares were given."""

    state: State
    needed: int
    shares: int
    given: int


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key on a page."""

    key: HeldKey
    age_days: int
    erase_at: datetime | None
    acts: tuple[Act, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate on a page; `state`: the name of a badge."""

    certificate: HeldCertificate
    begins: datetime
    ends: datetime
    days_left: int
    state: str


def seal_state() -> SealState:
    """The state of the seal."""
    seal = vault_of(office()).seal
    config = seal.config
    state: State = "new" if config is None else "open" if seal.keyring is not None else "sealed"
    return SealState(state, config.threshold if config else 0, config.shares if config else 0, seal.progress)


def key_rows(held: Holdings, account: Account, asked: frozenset[tuple[str, str]]) -> list[KeyRow]:
    """Every key; `asked`: spaces and names of those whose destruction waits for a second person."""
    vault = vault_of(office())
    rows = []
    for key in held.keys:
        space = key.mount.identifier
        pending = (space, key.name) in asked
        acts = tuple(
            one
            for one, roles in AT_ONCE.items()
            if account.plays(roles)
            and possible(vault, Wish(space, key.name, one)) is None
            and not (one == "delete" and pending)
        )
        rows.append(KeyRow(key, key.age_days(held.now), _moment(key.erase_at) if key.erase_at else None, acts, pending))
    return rows


def certificate_rows(held: Holdings) -> list[CertificateRow]:
    """Every certificate, those that end first on top."""
    return [
        CertificateRow(one, _moment(one.begins), _moment(one.ends), one.days_left(held.now), _state(one, held.now))
        for one in held.certificates
    ]


def calls(contract: str, tenant: str) -> list[list[object]] | Refused:
    """Calls a second in each of the last sixty whole minutes: Beijing time and number."""
    vault = vault_of(office())
    mounts = visible(vault, contract, tenant)
    if isinstance(mounts, Refused):
        return mounts
    end = vault.now() // MINUTE * MINUTE
    points: list[list[object]] = []
    for start in range(end - MINUTES * MINUTE, end, MINUTE):
        total = sum(vault.log.counted(mount.identifier, start, start + MINUTE).total for mount in mounts)
        points.append([_moment(start).strftime("%Y-%m-%d %H:%M:%S"), round(total / 60, 2), ""])
    return points


def _state(one: HeldCertificate, now: int) -> str:
    if one.revoked:
        return "revoked"
    left = one.days_left(now)
    return "ended" if left < 0 else "soon" if left <= SOON_DAYS else "valid"


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, BEIJING)
