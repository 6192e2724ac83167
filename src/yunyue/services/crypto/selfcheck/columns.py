"""Whether a column that must be ciphertext looks like one: octets spread evenly, none repeated, no readable text.

Thresholds: chi-square over the 256 octet values (255 degrees of freedom) at most 377, which even octets exceed once in
a million times; Shannon entropy with Miller's and Madow's correction at least 7.9 bits an octet; no value twice, which
random nonces exclude. A little compressed content passes as well: looking random proves no encryption, and the
finding says so.
"""

import math
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yunyue.services.crypto.selfcheck.finding import Finding, State
from yunyue.settlement.statement import Said

LEAST_OCTETS: Final = 4096
MOST_OCTETS: Final = 8 << 20
MOST_CHI_SQUARE: Final = 377.0
LEAST_ENTROPY: Final = 7.9
MARK: Final = "vault:v"
LEAST_CELL: Final = 28
"""Octets of the shortest ciphertext with a nonce and a tag."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and some of its values. `chinese`: the key is known to be one of SM4 (from the vault)."""

    name: str
    values: Sequence[str | bytes]
    chinese: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What the octets of a column show. `readable`: how many values are text as they are; `repeated`: values twice."""

    octets: int
    chi_square: float
    entropy: float
    readable: int
    repeated: int
    values: int


def look(column: Column) -> list[Finding]:
    """What is found of a column: whether it hides (8.4e), and whether a change would be noticed (8.4g)."""
    found = measured(column.values)
    state, said = _judged(found, column)
    shown = f"χ²={found.chi_square:.0f}, H={found.entropy:.3f} bit, n={found.octets}"
    hides = Finding("8.4e", state, column.name, Said(f"{said.zh}（{shown}）", f"{said.en} ({shown})"))
    sealed = [one for one in column.values if isinstance(one, str) and one.startswith(MARK)]
    if len(sealed) == found.values and state in ("meets", "partly"):
        noticed = Said(
            "密文带认证标签，并与行绑定与否取决于写入方",
            "ciphertexts carry a tag; whether bound to their row is up to the writer",
        )
        return [hides, Finding("8.4g", state, column.name, noticed)]
    return [hides]


def measured(values: Sequence[str | bytes]) -> Measured:
    """The figures of a column; at most 8 MiB of it are looked at."""
    counts = [0] * 256
    total = readable = 0
    for one in values:
        octets, text = decoded(one)
        readable += text
        for octet in octets[: MOST_OCTETS - total]:
            counts[octet] += 1
        total = min(MOST_OCTETS, total + len(octets))
    repeated = sum(count - 1 for count in Counter(map(bytes, (_octets(one) for one in values))).values())
    return Measured(total, _chi_square(counts, total), _entropy(counts, total), readable, repeated, len(values))


def decoded(value: str | bytes) -> tuple[bytes, bool]:
    """The octets a value stands for (out of transit's form, Base64 or hexadecimal), and whether it is plain text."""
    if isinstance(value, bytes):
        return value, _plain(value)
    body = value.split(":", 2)[2] if value.startswith(MARK) and value.count(":") >= 2 else value
    for read in (bytes.fromhex, _base64):
        try:
            octets = read(body)
        except (ValueError, NotBase64):
            continue
        if len(octets) >= LEAST_CELL and not _plain(octets):
            return octets, False
    return value.encode(), True


def _judged(found: Measured, column: Column) -> tuple[State, Said]:
    if not found.values:
        return "unchecked", Said("没有值", "it has no values")
    if found.readable:
        return "fails", Said(
            f"{found.values} 个值中 {found.readable} 个可直接读出或不是密文的形状",
            f"{found.readable} of {found.values} values are readable or have no ciphertext's shape",
        )
    if found.octets < LEAST_OCTETS:
        return "unchecked", Said(f"不足 {LEAST_OCTETS} 字节，无法判断", f"fewer than {LEAST_OCTETS} octets say nothing")
    if found.chi_square > MOST_CHI_SQUARE or found.entropy < LEAST_ENTROPY:
        return "fails", Said("字节分布不均匀，不像密文", "octets are not spread as a ciphertext's are")
    if found.repeated:
        return "partly", Said(
            f"{found.repeated} 个值重复：相同明文得到相同密文",
            f"{found.repeated} values occur again: equal texts give equal ciphertexts",
        )
    if column.chinese:
        return "meets", Said("分布如密文，密钥为 SM4", "spread as a ciphertext, under an SM4 key")
    return "partly", Said(
        "分布如密文；看不出所用算法，压缩内容亦会如此",
        "spread as a ciphertext; the algorithm cannot be seen, and compressed content looks the same",
    )


def _octets(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def _base64(text: str) -> bytes:
    if "-" in text or "_" in text:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return b64decode(text, validate=True)


def _plain(octets: bytes) -> bool:
    """Whether it is text as it is: valid UTF-8 without control characters."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(one.isprintable() or one in "\r\n\t" for one in text)


def _chi_square(counts: list[int], total: int) -> float:
    expected = total / 256
    return sum((count - expected) ** 2 for count in counts) / expected if total else 0.0


def _entropy(counts: list[int], total: int) -> float:
    """Bits an octet; Miller's and Madow's correction takes out what small samples seem to lack."""
    if not total:
        return 0.0
    plain = -sum(count / total * math.log2(count / total) for count in counts if count)
    return min(8.0, plain + (sum(map(bool, counts)) - 1) / (2 * total * math.log(2)))
