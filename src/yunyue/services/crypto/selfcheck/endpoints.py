"""Looks at an endpoint from outside: which versions and suites it accepts, what its certificates say.

Encryption with international algorithms protects, but is not what the standard asks for: it partly meets. Whether a
chain leads to a trusted root is not looked at; whose root that is, only people can say.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.services.crypto.selfcheck.finding import Finding, State
from yunyue.services.crypto.selfcheck.greeting import (
    SSL3,
    TLCP,
    TLS10,
    TLS11,
    TLS12,
    TLS13,
    VERSIONS,
    Heard,
    asked,
    greeting,
)
from yunyue.services.crypto.selfcheck.reaching import Reach
from yunyue.services.crypto.selfcheck.suites import SM_TLS13, TLCP_SUITES, TLS13_SUITES, USUAL, WEAK, WITH_RSA
from yunyue.settlement.statement import Said

SM2_CURVE: Final = "1.2.156.10197.1.301"
SM2_WITH_SM3: Final = "1.2.156.10197.1.501"
WEAK_SIGNATURES: Final = ("md5", "sha1")
LEAST_RSA_BITS: Final = 2048
PATIENCE: Final = 2
"""Greetings without an answer, after which a server that said nothing yet is left alone."""
IDENTITY: Final = "8.2a"
CHANNEL: Final = ("8.2b", "8.2c", "8.4d", "8.4f")
"""What a protected connection is for: integrity and confidentiality, of communication and of data in transit."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an endpoint accepts; `certificates` by TLS, `dual` by TLCP (signing first, then encrypting).

    `late`: a greeting was not answered in time, so what was not heard is not known.
    """

    tlcp: int
    dual: tuple[bytes, ...]
    sm_suite: int
    versions: tuple[int, ...]
    weak: int
    certificates: tuple[bytes, ...]
    late: bool = False

    @property
    def speaks(self) -> bool:
        """Whether it answered any greeting."""
        return bool(self.tlcp or self.versions or self.weak or self.sm_suite)


def look(endpoint: Endpoint, reach: Reach, now: datetime) -> list[Finding]:
    """What is found of one endpoint; `now` carries a zone."""
    name = str(endpoint)
    address = reach.address(endpoint.host, endpoint.port)
    if isinstance(address, Refused):
        return _every(name, "unchecked", Said(f"未连接：{address.reason}", f"not reached: {address.reason}"))
    try:
        with reach.connected(address, endpoint.port):
            pass
        seen = _seen(endpoint, address, reach)
    except OSError as error:
        return _every(name, "unchecked", Said(f"连接失败：{error}", f"no connection: {error}"))
    if not seen.speaks and seen.late:
        return _every(name, "unchecked", Said("未在时限内应答", "no answer in time"))
    if not seen.speaks:
        said = Said(
            "不以 TLS、TLCP 应答：传输未加密，或为其他协议",
            "answers neither TLS nor TLCP: not encrypted, or another protocol",
        )
        return _every(name, "fails", said)
    return [*_channel(name, seen), _identity(name, seen, now)]


def _seen(endpoint: Endpoint, address: str, reach: Reach) -> Seen:
    late: list[int] = []
    spoken: list[int] = []

    def heard(version: int, suites: tuple[int, ...]) -> Heard | None:
        if len(late) >= PATIENCE and not spoken:
            return None
        try:
            with reach.connected(address, endpoint.port) as line:
                found = asked(line, greeting(endpoint.host, version, suites))
        except TimeoutError:
            late.append(version)
            return None
        except OSError:
            return None  # a cut is how many servers say no
        if found is None or found.version != version or found.suite not in suites:
            return None
        spoken.append(version)
        return found

    tlcp = heard(TLCP, tuple(TLCP_SUITES))
    chinese = heard(TLS13, tuple(SM_TLS13))
    usual = {version: heard(version, USUAL) for version in (SSL3, TLS10, TLS11, TLS12)}
    newest = heard(TLS13, TLS13_SUITES)
    weak = heard(TLS12, WEAK) or heard(TLS10, WEAK)
    plain = next((one.certificates for one in (usual[TLS12], weak) if one is not None and one.certificates), ())
    return Seen(
        tlcp=tlcp.suite if tlcp else 0,
        dual=tlcp.certificates if tlcp else (),
        sm_suite=chinese.suite if chinese else 0,
        versions=(*(version for version, one in usual.items() if one is not None), *((TLS13,) if newest else ())),
        weak=weak.suite if weak else 0,
        certificates=plain or (_by_library(endpoint, address, reach) if newest else ()),
        late=bool(late),
    )


def _by_library(endpoint: Endpoint, address: str, reach: Reach) -> tuple[bytes, ...]:
    """The certificate of a server that speaks TLS 1.3 only, which sends it encrypted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            reach.raw(address, endpoint.port) as plain,
            context.wrap_socket(plain, server_hostname=endpoint.host) as line,
        ):
            shown = line.getpeercert(binary_form=True)
    except OSError:
        return ()
    return (shown,) if shown else ()


def _channel(name: str, seen: Seen) -> list[Finding]:
    old = [VERSIONS[one] for one in seen.versions if one < TLS12]
    if old or seen.weak:
        what = "、".join([*old, *([f"弱套件 0x{seen.weak:04X}"] if seen.weak else [])])
        english = ", ".join([*old, *([f"the weak suite 0x{seen.weak:04X}"] if seen.weak else [])])
        state: State = "partly" if seen.tlcp or seen.sm_suite else "fails"
        return [Finding(one, state, name, Said(f"接受 {what}", f"accepts {english}")) for one in CHANNEL]
    if seen.tlcp:
        said = f"TLCP {TLCP_SUITES[seen.tlcp]}"
        return [Finding(one, "meets", name, Said(f"以 {said} 应答", f"answers with {said}")) for one in CHANNEL]
    if seen.sm_suite:
        said = f"TLS 1.3 {SM_TLS13[seen.sm_suite]} (RFC 8998)"
        return [Finding(one, "meets", name, Said(f"以 {said} 应答", f"answers with {said}")) for one in CHANNEL]
    versions = "/".join(VERSIONS[one] for one in seen.versions)
    chinese = f"仅接受 {versions} 的国际算法套件，未见 TLCP 或 RFC 8998"
    english = f"accepts {versions} with international suites only; neither TLCP nor RFC 8998"
    return [Finding(one, "partly", name, Said(chinese, english)) for one in CHANNEL]


def _identity(name: str, seen: Seen, now: datetime) -> Finding:
    shown = seen.dual or seen.certificates
    if not shown:
        said = Said("未取得证书", "no certificate was shown")
        return Finding(IDENTITY, "fails" if seen.weak else "unchecked", name, said)
    faults = [fault for one in shown[: 2 if seen.dual else 1] for fault in _faults(one, now)]
    if faults:
        return Finding(
            IDENTITY,
            "fails",
            name,
            Said(f"证书{';'.join(zh for zh, _ in faults)}", f"certificate: {'; '.join(en for _, en in faults)}"),
        )
    if seen.dual and seen.tlcp not in WITH_RSA:
        return _dual(name, shown)
    if _chinese(shown[0]):
        return Finding(IDENTITY, "meets", name, Said("SM2 证书，在有效期内", "an SM2 certificate in date"))
    said = Said(
        "证书在有效期内，采用国际算法；未核对信任链",
        "certificate in date, of an international algorithm; its chain was not judged",
    )
    return Finding(IDENTITY, "partly", name, said)


def _dual(name: str, shown: tuple[bytes, ...]) -> Finding:
    if len(shown) < 2 or not all(_chinese(one) for one in shown[:2]):
        said = Said(
            "TLCP 须有签名、加密两张 SM2 证书，未见齐",
            "TLCP needs two SM2 certificates, for signing and encrypting; not both are there",
        )
        return Finding(IDENTITY, "partly", name, said)
    said = Said(
        "TLCP 双证书（SM2）在有效期内；未核对信任链", "two SM2 certificates of TLCP in date; their chain was not judged"
    )
    return Finding(IDENTITY, "meets", name, said)


def _faults(der: bytes, now: datetime) -> list[tuple[str, str]]:
    try:
        read: Any = x509.Certificate.load(der)
        validity: Any = read["tbs_certificate"]["validity"]
        begins, ends = validity["not_before"].native, validity["not_after"].native
        signature = str(read["signature_algorithm"]["algorithm"].native).lower()
        key = read.public_key
        bits = key.bit_size if str(key["algorithm"]["algorithm"].native) == "rsa" else None
    except (ValueError, TypeError, KeyError):
        return [("无法解析", "cannot be read")]
    found = []
    if not begins <= now.astimezone(UTC) <= ends:
        found.append(
            (
                f"不在有效期内（{begins:%Y-%m-%d} 至 {ends:%Y-%m-%d}）",
                f"not in date ({begins:%Y-%m-%d} to {ends:%Y-%m-%d})",
            )
        )
    if signature.startswith(WEAK_SIGNATURES):
        found.append((f"以 {signature} 签名", f"signed with {signature}"))
    if bits is not None and bits < LEAST_RSA_BITS:
        found.append((f"RSA 仅 {bits} 位", f"RSA of {bits} bits only"))
    return found


def _chinese(der: bytes) -> bool:
    """Whether the key is a point on the SM2 curve and the signature is SM2 with SM3."""
    try:
        read: Any = x509.Certificate.load(der)
        parameters = read.public_key["algorithm"]["parameters"]
        curve = str(parameters.chosen.dotted) if parameters.name == "named" else ""
        return curve == SM2_CURVE and str(read["signature_algorithm"]["algorithm"].dotted) == SM2_WITH_SM3
    except (ValueError, TypeError, KeyError, AttributeError):
        return False


def _every(name: str, state: State, said: Said) -> list[Finding]:
    return [Finding(one, state, name, said) for one in (IDENTITY, *CHANNEL)]
