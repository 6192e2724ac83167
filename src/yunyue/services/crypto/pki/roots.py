"""Makes authorities: a root that signs itself, or a request that another authority signs and brings back."""

from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.pairs import Kind, Pair
from yunyue.services.crypto.ask import Answer, Ask, base64, decoder_of
from yunyue.services.crypto.fault import Fault, internal
from yunyue.services.crypto.pem import pem
from yunyue.services.crypto.pki.build import Authority, Draft, certificate, extension, key_identifier, request
from yunyue.services.crypto.pki.chains import chain_of
from yunyue.services.crypto.pki.contents import Names, subject_of, where_to_ask
from yunyue.services.crypto.pki.importing import adopt
from yunyue.services.crypto.pki.issuing import described, fresh_serial, keep, shown_key, shown_serial
from yunyue.services.crypto.pki.keys import kept, made_pair, type_of
from yunyue.services.crypto.pki.lifetime import Lifetime, lifetime
from yunyue.services.crypto.pki.records import Records
from yunyue.services.crypto.pki.requests import read_request
from yunyue.services.crypto.pki.role import Role, Texts, listed

SHOWN: Final = ("internal", "exported")


class CaBody(msgspec.Struct):
    """What is asked of a root, an intermediate, or of signing one."""

    common_name: str = ""
    alt_names: Texts = []
    ip_sans: Texts = []
    uri_sans: Texts = []
    other_sans: Texts = []
    exclude_cn_from_sans: bool = False
    ttl: int | str = 0
    not_after: str = ""
    not_before_duration: int | str = 30
    format: str = "pem"
    key_type: str = "rsa"
    key_bits: int = 0
    max_path_length: int = -1
    permitted_dns_domains: Texts = []
    issuer_name: str = ""
    key_name: str = ""
    issuer_ref: str = ""
    csr: str = ""
    use_csr_values: bool = False
    remove_roots_from_chain: bool = False
    serial_number: str = ""
    ou: Texts = []
    organization: Texts = []
    country: Texts = []
    locality: Texts = []
    province: Texts = []
    street_address: Texts = []
    postal_code: Texts = []

    @property
    def role(self) -> Role:
        """The parts of the subject, where contents look for them."""
        parts = ("ou", "organization", "country", "locality", "province", "street_address", "postal_code")
        return Role(**{name: getattr(self, name) for name in parts})


_BODY: Final = decoder_of(CaBody)


def generate_root(ask: Ask, records: Records) -> Answer | Fault:
    """POST root/generate/:internal|exported (also issuers/generate/root/…): a root with a fresh key."""
    body, shown = _body(ask), ask.rest[-1]
    if isinstance(body, Fault):
        return body
    made, span = made_pair(body.key_type, body.key_bits), lifetime(records, _span(body))
    if isinstance(made, Fault):
        return made
    if isinstance(span, Fault):
        return span
    (kind, pair), (begins, ends, warnings) = made, span
    name = subject_of(Names(body.common_name), body.role, body.serial_number)
    own = key_identifier(pair.public_der)
    extensions = (*ca_extensions(body, pair.public_der), extension("authority_key_identifier", {"key_identifier": own}))
    draft = Draft(name, pair.public_der, fresh_serial(), begins, ends, extensions)
    der = certificate(draft, Authority(name, kind, pair))
    if isinstance(der, Refused):
        return internal(der.reason)
    with records.change():
        key = kept(records, kind, pair.private_der, body.key_name)
        issuer = adopt(records, der, key.identifier, body.issuer_name)
        if isinstance(issuer, Fault):
            return issuer
        keep(records, der, issuer.identifier, draft)
    text = base64(der) if body.format == "der" else pem(der).strip()
    content: dict[str, Any] = {
        "certificate": text,
        "issuing_ca": text,
        "expiration": int(ends.timestamp()),
        "serial_number": shown_serial(draft.serial),
        "issuer_id": issuer.identifier,
        "issuer_name": issuer.name,
        "key_id": key.identifier,
        "key_name": key.name,
    }
    return Answer({**content, **_secret(kind, pair, shown, body.format)}, warnings=warnings)


def generate_intermediate(ask: Ask, records: Records) -> Answer | Fault:
    """POST intermediate/generate/:internal|exported: a key of our own, and the request for its certificate."""
    body, shown = _body(ask), ask.rest[-1]
    if isinstance(body, Fault):
        return body
    made = made_pair(body.key_type, body.key_bits)
    if isinstance(made, Fault):
        return made
    kind, pair = made
    name = subject_of(Names(body.common_name), body.role, body.serial_number)
    wanted = request(Authority(name, kind, pair), (extension("basic_constraints", {"ca": True}, critical=True),))
    if isinstance(wanted, Refused):
        return internal(wanted.reason)
    key = kept(records, kind, pair.private_der, body.key_name)
    text = base64(wanted) if body.format == "der" else pem(wanted, "CERTIFICATE REQUEST").strip()
    return Answer({"csr": text, "key_id": key.identifier, **_secret(kind, pair, shown, body.format)})


def sign_intermediate(ask: Ask, records: Records) -> Answer | Fault:
    """POST root/sign-intermediate (or issuer/:ref/sign-intermediate): a certificate for somebody else's authority."""
    body = _body(ask, named=False)
    if isinstance(body, Fault):
        return body
    wanted = read_request(body.csr) if body.csr else Fault('"csr" is empty')
    if isinstance(wanted, Fault):
        return wanted
    chain = chain_of(records, ask.rest[1] if ask.rest[0] == "issuer" else body.issuer_ref)
    if isinstance(chain, Fault):
        return chain
    if not (body.common_name or body.use_csr_values):
        return Fault("the common_name field is required, or use_csr_values must be set")
    span = lifetime(records, _span(body))
    if isinstance(span, Fault):
        return span
    begins, ends, warnings = span
    if ends > chain.ends:
        return Fault(f"cannot satisfy request, as TTL would go beyond the end of the CA certificate at {chain.ends}")
    name = wanted.subject if body.use_csr_values else subject_of(Names(body.common_name), body.role, body.serial_number)
    extensions = (
        *ca_extensions(body, wanted.public),
        extension("authority_key_identifier", {"key_identifier": chain.key_identifier}),
        *where_to_ask(records.settings),
    )
    draft = Draft(name, wanted.public, fresh_serial(), begins, ends, extensions)
    der = certificate(draft, chain.authority)
    if isinstance(der, Refused):
        return internal(der.reason)
    keep(records, der, chain.issuer.identifier, draft)
    ask.key = shown_serial(draft.serial)
    return Answer(described(der, draft, chain, body), warnings=warnings)


def ca_extensions(body: CaBody, public: bytes) -> tuple[Any, ...]:
    """The extensions of a certificate that issues others."""
    limits: dict[str, Any] = {"ca": True}
    if body.max_path_length >= 0:
        limits["path_len_constraint"] = body.max_path_length
    found = [
        extension("key_usage", {"key_cert_sign", "crl_sign"}, critical=True),
        extension("basic_constraints", limits, critical=True),
        extension("key_identifier", key_identifier(public)),
    ]
    permitted = listed(body.permitted_dns_domains)
    if permitted:
        from_names = [{"base": general} for general in Names("", hosts=tuple(permitted)).general()]
        found.append(extension("name_constraints", {"permitted_subtrees": from_names}, critical=True))
    return tuple(found)


def _body(ask: Ask, *, named: bool = True) -> CaBody | Fault:
    body = ask.read(_BODY)
    if isinstance(body, Fault):
        return body
    if named and ask.rest[-1] not in SHOWN:
        return Fault(f'{ask.rest[-1]!r}: keys are made here, "internal" or "exported"; others are not supported')
    if named and not body.common_name:
        return Fault("the common_name field is required")
    if len(body.common_name) > 64:
        return Fault("common_name: X.509 allows at most 64 characters")
    return body


def _span(body: CaBody) -> Lifetime:
    return Lifetime(body.ttl, body.not_after, before=body.not_before_duration)


def _secret(kind: Kind, pair: Pair, shown: str, form: str) -> dict[str, str]:
    if shown != "exported":
        return {}
    return {"private_key": shown_key(pair.private_der, form), "private_key_type": type_of(kind)}
