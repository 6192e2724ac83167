"""Time stamps over HTTP (RFC 3161 section 3.4): POST <mount>/tsa/<key> takes a query in DER and answers with one."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from yunyue.answer import Refused
from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.ask import Answer, Ask
from yunyue.services.crypto.certificate import TIME_STAMPING, Wanted, self_signed
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.material import Version
from yunyue.services.crypto.pem import first_der, pem
from yunyue.services.crypto.timestamp import Query, Rejected, Stamper, understood

KINDS: Final = ("ecdsa-p256", "sm2")
MEDIA: Final = "application/timestamp-reply"
YEARS_DAYS: Final = 3650
_LEAST_SERIAL: Final = 1 << 126


def stamp(ask: Ask, space: KeySpace) -> Answer | Fault:
    """POST tsa/:name. A query that cannot be answered gets a response that says so, as the standard asks."""
    version = _version(ask, space)
    if isinstance(version, Fault):
        return version
    query = asked_for(ask)
    if isinstance(query, Rejected):
        return Answer(raw=query.response(), media=MEDIA)
    stamper = _stamper(ask.rest[1], version, space)
    if isinstance(stamper, Fault):
        return stamper
    ask.version = version.number
    made = stamper.stamp(query, _fresh_serial(), _moment(space.now() // 1000))
    return Fault(made.reason) if isinstance(made, Refused) else Answer(raw=made, media=MEDIA)


def asked_for(ask: Ask) -> Query | Rejected:
    """The query of a request, read once however often it is looked at."""
    if ask.understood is None:
        ask.understood = understood(ask.body)
    known: Query | Rejected = ask.understood
    return known


def show(ask: Ask, space: KeySpace) -> Answer | Fault:
    """GET tsa/:name: the certificate to verify tokens with."""
    version = _version(ask, space)
    if isinstance(version, Fault):
        return version
    stamper = _stamper(ask.rest[1], version, space)
    if isinstance(stamper, Fault):
        return stamper
    return Answer({"certificate": pem(stamper.certificate), "key_version": version.number})


def _version(ask: Ask, space: KeySpace) -> Version | Fault:
    key = space.get(ask.rest[1])
    if key is None:
        return Fault("signing key not found")
    if key.config.type not in KINDS:
        return Fault(f"time stamps are signed by keys of type {' or '.join(KINDS)}, not {key.config.type}")
    return key.to_encrypt()


def _stamper(name: str, version: Version, space: KeySpace) -> Stamper | Fault:
    """What issues tokens with this version: under the certificate set for it, else one it signs itself and keeps."""
    if version.stamper is None:
        chain = version.row.chain
        if not chain:
            made = _own_certificate(name, version, space)
            if isinstance(made, Refused):
                return Fault(made.reason)
            chain = pem(made)
            faulty = space.set_chain(name, version.number, chain)
            if faulty is not None:
                return faulty
        version.stamper = Stamper(version.pair_kind, version.pair, first_der(chain))
    return version.stamper


def _own_certificate(name: str, version: Version, space: KeySpace) -> bytes | Refused:
    begins = _moment(space.now() // 1000)
    wanted = Wanted(
        f"TSA {name} v{version.number}",
        int.from_bytes(random_octets(16), "big"),
        begins,
        begins + timedelta(days=YEARS_DAYS),
        TIME_STAMPING,
    )
    return self_signed(wanted, version.pair_kind, version.pair)


def _fresh_serial() -> int:
    """Chance of 126 bits, always as long: tokens of one length share their frame."""
    return int.from_bytes(random_octets(16), "big") >> 2 | _LEAST_SERIAL


@lru_cache(maxsize=2)
def _moment(seconds: int) -> datetime:
    """Most stamps share their second with the one before."""
    return datetime.fromtimestamp(seconds, UTC)
