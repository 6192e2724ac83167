"""Issues certificates under a role: with a fresh key, or for a request somebody brings (sign, sign-verbatim)."""

from datetime import UTC, datetime
from typing import Any, Final, Protocol

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.ask import Answer, Ask, base64, decoder_of
from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.moments import rfc3339
from yunyue.services.crypto.pem import pem
from yunyue.services.crypto.pki.build import Draft, certificate
from yunyue.services.crypto.pki.chains import Chain, chain_of
from yunyue.services.crypto.pki.contents import Names, leaf_extensions, names_of, subject_of
from yunyue.services.crypto.pki.keys import kind_of, made_pair, type_of
from yunyue.services.crypto.pki.lifetime import Lifetime, lifetime
from yunyue.services.crypto.pki.naming import serial_fault
from yunyue.services.crypto.pki.records import Issued, Records
from yunyue.services.crypto.pki.requests import Request, read_request
from yunyue.services.crypto.pki.role import Role, Texts, normal

FORMATS: Final = ("pem", "der", "pem_bundle")
NO_ROLE: Final = "unknown role: "


class IssueBody(msgspec.Struct):
    """What is asked of one certificate; lists as lists or separated by commas."""

    common_name: str = ""
    alt_names: Texts = []
    ip_sans: Texts = []
    uri_sans: Texts = []
    other_sans: Texts = []
    ttl: int | str = 0
    not_after: str = ""
    format: str = "pem"
    private_key_format: str = "der"
    exclude_cn_from_sans: bool = False
    serial_number: str = ""
    remove_roots_from_chain: bool = False
    csr: str = ""
    issuer_ref: str = ""
    key_usage: Texts | None = None
    ext_key_usage: Texts | None = None


_BODY: Final = decoder_of(IssueBody)


def issue(ask: Ask, records: Records) -> Answer | Fault:
    """POST issue/:role: a certificate and its key pair, which is not kept."""
    body, role = _read(ask, records)
    if isinstance(body, Fault):
        return body
    if isinstance(role, Fault):
        return role
    if role.key_type == "any":
        return Fault('role key type "any" not allowed for issuing certificates, only signing')
    names = names_of(body, role, None)
    if isinstance(names, Fault):
        return names
    made = made_pair(role.key_type, role.key_bits)
    if isinstance(made, Fault):
        return made
    kind, pair = made
    done = _certified(ask, records, (body, role, names), pair.public_der)
    if isinstance(done, Fault):
        return done
    content, warnings = done
    content["private_key_type"] = type_of(kind)
    content["private_key"] = shown_key(pair.private_der, body.format)
    if body.format == "pem_bundle":
        content["certificate"] = content["private_key"].strip() + "\n" + content["certificate"]
    return Answer(content, warnings=warnings)


def sign(ask: Ask, records: Records) -> Answer | Fault:
    """POST sign/:role: a certificate for a request."""
    body, role = _read(ask, records)
    if isinstance(body, Fault):
        return body
    if isinstance(role, Fault):
        return role
    wanted = _request(body)
    if isinstance(wanted, Fault):
        return wanted
    if role.key_type != "any" and type_of(wanted.kind) != role.key_type:
        return Fault(f"role requires keys of type {role.key_type}")
    least = kind_of(role.key_type, role.key_bits) if role.key_type != "any" and role.key_bits else wanted.kind
    if isinstance(least, str) and _strength(wanted.kind) < _strength(least):
        return Fault(f"role requires a minimum of a {role.key_bits}-bit key, but CSR's key is {wanted.kind}")
    names = names_of(body, role, wanted)
    if isinstance(names, Fault):
        return names
    done = _certified(ask, records, (body, role, names), wanted.public)
    return done if isinstance(done, Fault) else Answer(done[0], warnings=done[1])


def sign_verbatim(ask: Ask, records: Records) -> Answer | Fault:
    """POST sign-verbatim(/:role): the names of a request as they are. Needs a policy of its own: it checks no names."""
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    given = records.role(ask.rest[1]) if len(ask.rest) > 1 else Role()
    if given is None:
        return Fault(NO_ROLE + ask.rest[1])
    usages = {
        name: value
        for name, value in (("key_usage", body.key_usage), ("ext_key_usage", body.ext_key_usage))
        if value is not None
    }
    open_role = msgspec.structs.replace(
        given,
        allow_any_name=True,
        enforce_hostnames=False,
        allowed_uri_sans=["*"],
        allowed_ip_sans_cidr=[],
        allowed_serial_numbers=["*"],
        require_cn=False,
        key_type="any",
        use_csr_common_name=True,
        use_csr_sans=True,
        **usages,
    )
    role = normal(open_role)
    if isinstance(role, Fault):
        return role
    wanted = _request(body)
    if isinstance(wanted, Fault):
        return wanted
    plain = msgspec.structs.replace(body, common_name="", alt_names=[], ip_sans=[], uri_sans=[])
    names = names_of(plain, role, wanted)
    if isinstance(names, Fault):
        return names
    done = _certified(ask, records, (body, role, names), wanted.public)
    return done if isinstance(done, Fault) else Answer(done[0], warnings=done[1])


def _read(ask: Ask, records: Records) -> tuple[IssueBody | Fault, Role | Fault]:
    body, role = ask.read(_BODY), records.role(ask.rest[1])
    if isinstance(body, IssueBody) and body.format not in FORMATS:
        body = Fault('the "format" path parameter must be "pem", "der", or "pem_bundle"')
    return body, role or Fault(NO_ROLE + ask.rest[1])


def _request(body: IssueBody) -> Request | Fault:
    return read_request(body.csr) if body.csr else Fault('"csr" is empty')


def _certified(
    ask: Ask, records: Records, wanted: tuple[IssueBody, Role, Names], public: bytes
) -> tuple[dict[str, Any], tuple[str, ...]] | Fault:
    """The certificate, kept and described; and warnings."""
    body, role, names = wanted
    refused = serial_fault(body.serial_number, role)
    if refused is not None:
        return refused
    chain = chain_of(records, body.issuer_ref or role.issuer_ref)
    if isinstance(chain, Fault):
        return chain
    span = lifetime(records, Lifetime(body.ttl, body.not_after, role.ttl, role.max_ttl, role.not_before_duration))
    if isinstance(span, Fault):
        return span
    begins, ends, warnings = span
    if ends > chain.ends:
        return Fault(
            f"cannot satisfy request, as TTL would result in notAfter of {_shown(ends)} that is beyond the expiration "
            f"of the CA certificate at {_shown(chain.ends)}"
        )
    draft = Draft(
        subject_of(names, role, body.serial_number),
        public,
        fresh_serial(),
        begins,
        ends,
        leaf_extensions(names, role, public, chain, records.settings),
    )
    der = certificate(draft, chain.authority)
    if isinstance(der, Refused):
        return internal(der.reason)
    serial = shown_serial(draft.serial)
    ask.key = serial
    if not role.no_store:
        keep(records, der, chain.issuer.identifier, draft)
    return described(der, draft, chain, body), warnings


def keep(records: Records, der: bytes, issuer: str, draft: Draft) -> None:
    """Write an issued certificate down."""
    serial = shown_serial(draft.serial)
    ends = int(draft.ends.timestamp()) * 1000
    with records.change():
        records.put("cert", serial, Issued(serial, der, issuer, records.now(), ends))


class Form(Protocol):
    """How a certificate is to be shown."""

    @property
    def format(self) -> str: ...

    @property
    def remove_roots_from_chain(self) -> bool: ...


def described(der: bytes, draft: Draft, chain: Chain, body: Form) -> dict[str, Any]:
    """A new certificate as clients read it."""
    above = [one for one in chain.certificates if not (body.remove_roots_from_chain and chain.is_root(one))]
    shown = base64(der) if body.format == "der" else pem(der).strip()
    if body.format == "pem_bundle":
        shown = "\n".join(pem(one).strip() for one in (der, *above))
    turned = base64 if body.format == "der" else lambda one: pem(one).strip()
    return {
        "certificate": shown,
        "issuing_ca": turned(chain.certificates[0]),
        "ca_chain": [turned(one) for one in above],
        "serial_number": shown_serial(draft.serial),
        "expiration": int(draft.ends.timestamp()),
    }


def shown_key(secret: bytes, form: str) -> str:
    """A private key on its way out, PKCS#8."""
    return base64(secret) if form == "der" else pem(secret, "PRIVATE KEY").strip()


def fresh_serial() -> int:
    """Twenty octets of which 159 bits are chance (RFC 5280 section 4.1.2.2 allows no more)."""
    return int.from_bytes(random_octets(20), "big") >> 1 | 1 << 152


def shown_serial(serial: int) -> str:
    """17:a4:… as clients read it."""
    return serial.to_bytes((serial.bit_length() + 7) // 8, "big").hex(":")


def _shown(when: datetime) -> str:
    return rfc3339(int(when.astimezone(UTC).timestamp()) * 1000)


def _strength(kind: str) -> int:
    """The length at the end of a kind's name; equal for kinds of one length only."""
    digits = "".join(letter for letter in kind.rpartition("-")[2] if letter.isdigit())
    return int(digits) if "-" in kind and digits else 0
