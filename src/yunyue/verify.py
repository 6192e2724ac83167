"""Checks a Yunyue statement offline: every amount must follow from signed facts and terms. 离线核验结算单。

This one file needs Python 3.9 or later and nothing else; it may be copied anywhere. Run:

    python3 verify.py BUNDLE [--key NAME+ID+BASE64]... [--json] [--lang zh|en]

Exit code: 0 everything holds, 1 something does not (the report says where), 2 the bundle could not be read.

A bundle is one file. It starts with a signed note (C2SP): the lines "yunyue.bundle/v1", the log's name, and for each
part `name length sha256:hex`; a blank line; the signature lines; a blank line. The bytes of the parts follow in that
order, and nothing after them. All JSON is canonical (sorted keys, no spaces, no floats, UTF-8). The parts:

keys        verifier keys, one a line: the log's Ed25519 key, its SM2 key if any, then its witnesses' keys
checkpoint  the signed note over the head of the log (C2SP tlog-checkpoint), signed by every one of these keys
terms       the contract as it was registered
calendar    the State Council's working days as they were registered
facts       one line for each fact: {"index": place in the log, "leaf": its canonical text, "leaf_hash": hex}
proof       {"hashes": [hex], "indexes": [[first, last]], "size": n}: the other subtrees of the log, left to right
statement   lines, obligations and rights, each with its arithmetic as a tree whose leaves are terms or facts
places      short digests of the pieces of the JSON parts, used only to say where a damaged bundle was damaged

A term may come from the registered terms, or from a supplement among the facts in force on as_of: signed and sealed
by both sides, and effective, by then.
What this program cannot know: whether the log holds further facts that the bundle leaves out (it counts them), and
whether a formula is the right reading of its clause (it prints the formula). Titles and sentences are not checked.

Limits, so that a hostile bundle exhausts nothing: 512 MiB in all, 16 MiB for each JSON part, 64 KiB for the note, the
keys and the checkpoint, 65,535 bytes for a fact, 200 levels of arithmetic, numbers of at most 60 digits.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import sys
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import tomllib
except ImportError:  # Python before 3.11: needed only where a supplement replaced a whole table
    tomllib = None  # type: ignore[assignment]  # its absence is the value

if TYPE_CHECKING:
    Value = Fraction | date

FORMAT = "yunyue.bundle/v1"
PARTS = ("keys", "checkpoint", "terms", "calendar", "facts", "proof", "statement", "places")
PLACED = ("terms", "calendar", "proof", "statement")
MIB = 1 << 20
LONGEST_BUNDLE, LONGEST_NOTE, LONGEST_LEAF = 512 * MIB, 1 << 16, 65_535
LONGEST_PART = {"facts": LONGEST_BUNDLE, "keys": LONGEST_NOTE, "checkpoint": LONGEST_NOTE}  # others: 16 MiB
DEEPEST, LARGEST, MOST_DAYS = 200, 10**60, 5_000_000

RULES = {
    "unreadable": ("文件无法读取", "the file cannot be read"),
    "too_large": ("超过大小上限", "over the size limit"),
    "shape": ("格式不符", "not of the required form"),
    "json": ("不是规范 JSON", "not canonical JSON"),
    "length": ("长度与清单不符", "not as long as the manifest says"),
    "surplus": ("末尾有多余字节", "surplus bytes at the end"),
    "missing": ("缺失", "missing"),
    "digest": ("与清单中的摘要不符", "differs from its digest in the manifest"),
    "changed": ("内容被改动", "was changed"),
    "signature": ("签名与内容不符", "the signature does not fit the text"),
    "key": ("不是所给的密钥签署", "not signed by the given key"),
    "origin": ("日志名称不符", "another log's name"),
    "order": ("次序或重复有误", "out of order or repeated"),
    "leaf_hash": ("事实与其哈希不符", "the fact differs from its hash"),
    "root": ("事实不在已签名的日志中", "the facts are not those of the signed log"),
    "registered": ("与登记的摘要不符", "differs from the registered digest"),
    "term": ("与合同条款不符", "differs from the terms"),
    "fact": ("与事实不符", "differs from the fact"),
    "withdrawn": ("事实已被更正", "the fact was corrected"),
    "unknown": ("当时尚不知晓或尚未发生", "was not known or had not happened"),
    "given": ("不是允许的常数", "not a constant that may stand here"),
    "sum": ("重算结果不同", "recomputing gives another value"),
    "calendar": ("该年无放假安排", "no notice covers this year"),
    "reading": ("与合同所采读法不符", "not the reading in force"),
    "supposed": ("含假设的事实，不能核验", "rests on supposed facts, which prove nothing"),
}
ENVELOPE = (
    *("actor", "data", "datacontenttype", "id", "recordedtime"),
    *("source", "specversion", "subject", "time", "type"),
)
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?\+08:00")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60}|/[0-9]{1,60})?")
AMOUNT = re.compile(r"-?[0-9]{1,15}\.[0-9]{2}")
PART_LINE = re.compile(r"([a-z]+) (0|[1-9][0-9]{0,9}) (sha256:[0-9a-f]{64})")


class Fault(Exception):
    """Something does not hold: where, by which of RULES, and the values that show it."""

    def __init__(self, where: str, rule: str, detail: object = "") -> None:
        super().__init__(where, rule, detail)
        self.where, self.rule, self.detail = where, rule, str(detail)[:300]

    def said(self, lang: str) -> str:
        """One sentence in "zh" or "en"."""
        return f"{self.where}: {RULES[self.rule][lang == 'en']}" + (f" ({self.detail})" if self.detail else "")


@dataclass
class Report:
    """What was checked: `faults` is empty when everything holds; `trusted` when a given key of the log signed."""

    faults: list[Fault] = field(default_factory=list)
    trusted: bool = False
    origin: str = ""
    keys: list[str] = field(default_factory=list)
    size: int = 0
    facts: int = 0
    nodes: int = 0
    statement: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.faults


# ---- Ed25519 (RFC 8032), SM3 (GB/T 32905) and SM2 (GB/T 32918.2): plain and slow, for a handful of signatures ----

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_ED_ZERO = (0, 1, 1, 0)


def _times(count: int, point: Any, add: Callable[[Any, Any], Any], zero: Any) -> Any:
    total = zero
    while count:
        if count & 1:
            total = add(total, point)
        point, count = add(point, point), count >> 1
    return total


def _ed_add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    cross, double = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = high - low, double - cross, double + cross, high + low
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _ed_decode(packed: bytes) -> tuple[int, ...] | None:
    sign, y = packed[31] >> 7, int.from_bytes(packed, "little") & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _ed_encode(point: tuple[int, ...]) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_ED_BASE = _ed_decode(b"\x58" + b"\x66" * 31)


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Did this key sign? Refuses keys of small order, and any encoding but the canonical one (RFC 8032 5.1.7)."""
    key = _ed_decode(public) if len(public) == 32 and len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= _L or _ed_encode(_times(8, key, _ed_add, _ED_ZERO)) == _ed_encode(_ED_ZERO):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus = (_P - key[0], key[1], 1, _P - key[3])
    found = _ed_add(_times(s, _ED_BASE, _ed_add, _ED_ZERO), _times(k, minus, _ed_add, _ED_ZERO))
    return _ed_encode(found) == signature[:32]


def sm3(message: bytes) -> bytes:
    """The SM3 digest, by the machine's library if it has it."""
    try:
        return hashlib.new("sm3", message).digest()
    except ValueError:
        return plain_sm3(message)


def _turn(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def plain_sm3(message: bytes) -> bytes:
    """The SM3 digest in plain Python (GB/T 32905-2016 section 5)."""
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = message + b"\x80" + bytes(-(len(message) + 9) % 64) + (8 * len(message)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        words = [int.from_bytes(padded[at : at + 4], "big") for at in range(start, start + 64, 4)]
        mixed = _sm3_rounds(state, words)
        state = [old ^ new for old, new in zip(state, mixed)]  # noqa: B905 - zip has no `strict` in Python 3.9
    return b"".join(word.to_bytes(4, "big") for word in state)


def _sm3_rounds(state: list[int], w: list[int]) -> list[int]:
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _turn(w[j - 3], 15)
        w.append(x ^ _turn(x, 15) ^ _turn(x, 23) ^ _turn(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        first = _turn(_turn(a, 12) + e + _turn(0x79CC4519 if j < 16 else 0x7A879D8A, j) & 0xFFFFFFFF, 7)
        choose = (a ^ b ^ c, e ^ f ^ g) if j < 16 else (a & b | a & c | b & c, e & f | ~e & g)
        t1 = (choose[0] + d + (first ^ _turn(a, 12)) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        t2 = (choose[1] + h + first + w[j]) & 0xFFFFFFFF
        a, b, c, d = t1, a, _turn(b, 9), c
        e, f, g, h = t2 ^ _turn(t2, 9) ^ _turn(t2, 17), e, _turn(f, 19), g
    return [a, b, c, d, e, f, g, h]


_Q = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _Q - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def _sm2_add(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
    if a is None or b is None:
        return b if a is None else a
    if a[0] != b[0]:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, _Q)
    elif (a[1] + b[1]) % _Q:
        slope = (3 * a[0] * a[0] + _A) * pow(2 * a[1], -1, _Q)
    else:
        return None
    x = (slope * slope - a[0] - b[0]) % _Q
    return x, (slope * (a[0] - x) - a[1]) % _Q


def sm2_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Did this key (0x04 || x || y) sign (r || s), with the signer's id 1234567812345678?"""
    if len(public) != 65 or public[0] != 4 or len(signature) != 64:
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    on_curve = x < _Q and y < _Q and (y * y - x * x * x - _A * x - _B) % _Q == 0
    t = (r + s) % _N
    if not on_curve or not (0 < r < _N and 0 < s < _N and t):
        return False
    who = b"\x00\x80" + b"1234567812345678" + b"".join(n.to_bytes(32, "big") for n in (_A, _B, *_G)) + public[1:]
    point = _sm2_add(_times(s, _G, _sm2_add, None), _times(t, (x, y), _sm2_add, None))
    return point is not None and (int.from_bytes(sm3(sm3(who) + message), "big") + point[0]) % _N == r


# ---- Keys and signed notes (C2SP) ----

KINDS = {b"\x01": 32, b"\x04": 32, b"\xffsm2-sm3": 65}
ED25519, WITNESS, SM2 = KINDS


@dataclass(frozen=True)
class Key:
    """A public key, the name it signs under, and its text (name+id+base64)."""

    name: str
    kind: bytes
    public: bytes
    text: str

    @property
    def id(self) -> bytes:
        """The four bytes before its signatures."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]


def read_key(text: str, where: str) -> Key:
    """The key in a verifier key."""
    name, _, rest = text.partition("+")
    packed = _base64(rest.partition("+")[2], where)
    for kind, length in KINDS.items():
        if packed.startswith(kind) and len(packed) == len(kind) + length:
            key = Key(name, kind, packed[len(kind) :], text)
            if name and not re.search(r"\s", name) and rest.startswith(key.id.hex() + "+"):
                return key
    raise Fault(where, "shape", "name+id+base64")


def _base64(text: str, where: str) -> bytes:
    try:
        packed = b64decode(text.encode(), validate=True)
    except ValueError:
        raise Fault(where, "shape", "base64") from None
    if b64encode(packed).decode() != text:
        raise Fault(where, "shape", "base64")
    return packed


def _utf8(packed: bytes, where: str) -> str:
    try:
        text = packed.decode()
    except UnicodeDecodeError as wrong:
        raise Fault(where, "shape", f"UTF-8, byte {wrong.start}") from None
    control = re.search(r"[\x00-\x09\x0b-\x1f]", text)
    if control:
        raise Fault(where, "shape", f"control character, character {control.start()}")
    return text


def check_note(note: str, keys: Sequence[Key], where: str) -> str:
    """The text of a note that has exactly one good signature of each key, in the keys' order."""
    text, blank, block = note.rpartition("\n\n")
    lines = block.split("\n")
    if not blank or lines.pop() != "":
        raise Fault(where, "shape", "signed note")
    if len(lines) != len(keys):
        raise Fault(f"{where}.signatures", "missing" if len(lines) < len(keys) else "surplus", len(lines))
    for number, (line, key) in enumerate(zip(lines, keys), 1):  # noqa: B905 - zip has no `strict` in Python 3.9
        _check_line(line, key, text + "\n", f"{where}.signatures.{number}")
    return text + "\n"


def _check_line(line: str, key: Key, text: str, where: str) -> None:
    head = f"\N{EM DASH} {key.name} "
    packed = _base64(line[len(head) :], where) if line.startswith(head) else b""
    if packed[:4] != key.id:
        raise Fault(where, "key", key.name)
    message, signature, holds = text.encode(), packed[4:], ed25519_holds
    if key.kind == WITNESS:
        message, signature = b"cosignature/v1\ntime %d\n" % int.from_bytes(packed[4:12], "big") + message, packed[12:]
    elif key.kind == SM2:
        holds = sm2_holds
    if not holds(key.public, message, signature):
        raise Fault(where, "signature", key.name)


# ---- The bundle and its parts ----


@dataclass(frozen=True)
class Bundle:
    """The manifest's note and the bytes of each part with the digest the manifest gives."""

    note: str
    origin: str
    parts: dict[str, bytes]
    digests: dict[str, str]


def open_bundle(whole: bytes) -> Bundle:
    """The parts of a bundle, as long as the manifest says; their digests are not yet checked."""
    if len(whole) > LONGEST_BUNDLE:
        raise Fault("bundle", "too_large", len(whole))
    middle = whole.find(b"\n\n", 0, LONGEST_NOTE)
    end = whole.find(b"\n\n", middle + 2, LONGEST_NOTE)
    if middle < 0 or end < 0:
        raise Fault("manifest", "shape", "signed note")
    note = _utf8(whole[: end + 1], "manifest")
    first, origin, *listed = [*_utf8(whole[:middle], "manifest").split("\n"), "", ""]
    if first != FORMAT:
        raise Fault("manifest.1", "shape", FORMAT)
    parts, digests, start = {}, {}, end + 2
    for number, name in enumerate(PARTS):
        found = PART_LINE.fullmatch(listed[number])
        if found is None or found[1] != name:
            rule = "order" if found else "shape" if listed[number].startswith(name) else "missing"
            raise Fault(f"manifest.{number + 3}", rule, name)
        length, digests[name] = int(found[2]), found[3]
        if length > LONGEST_PART.get(name, 16 * MIB):
            raise Fault(name, "too_large", length)
        parts[name] = whole[start : start + length]
        if len(parts[name]) < length:
            raise Fault(name, "length", f"{len(parts[name])} < {length}")
        start += length
    if any(listed[len(PARTS) :]):
        raise Fault(f"manifest.{len(PARTS) + 3}", "surplus")
    if start != len(whole):
        raise Fault("bundle", "surplus", len(whole) - start)
    return Bundle(note, origin, parts, digests)


def _refuse(_: str) -> None:
    raise ValueError


def _integer(text: str) -> int:
    if len(text) > 19:
        raise ValueError
    return int(text)


_DECODER: Any = json.JSONDecoder(parse_float=_refuse, parse_int=_integer, parse_constant=_refuse)
_SCAN: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once


def _encoder() -> Callable[[Any], str]:
    """Canonical JSON; straight from the interpreter's C encoder where there is one, which halves the time."""
    make, quote = (getattr(json.encoder, name, None) for name in ("c_make_encoder", "c_encode_basestring"))
    if make is None or quote is None:
        return json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
    encode = make(None, None, quote, None, ":", ",", True, False, False)
    return lambda value: "".join(encode(value, 0))


canonical = _encoder()
_quote = json.encoder.encode_basestring


def _parsed(part: bytes, where: str) -> dict[str, Any]:
    """The object in a part; a fault names the path and byte where it stops being JSON."""
    text, at = part.decode("utf-8", "replace"), 0
    try:
        at = len(part)
        part.decode()
        value, at = _SCAN(text, 0)
        if at == len(text) and isinstance(value, dict):
            return value
    except StopIteration as wrong:
        at = wrong.value
    except ValueError as wrong:  # of both kinds: not UTF-8, not JSON
        at = getattr(wrong, "pos", getattr(wrong, "start", at))
    raise Fault(".".join((where, *_path_at(text[:at]))), "json", f"character {at}")


def _path_at(text: str) -> list[str]:
    """The path that the beginning of a JSON text has come to."""
    stack: list[Any] = []
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', text):
        if mark in "{[":
            stack.append(None if mark == "{" else 0)
        elif mark in "}]":
            stack = stack[:-1]
        elif stack and mark == ",":
            stack[-1] = None if isinstance(stack[-1], str) else (stack[-1] or 0) + 1
        elif stack and stack[-1] is None:
            stack[-1] = mark.strip('"')
    return [str(step) for step in stack if step is not None]


def read_json(part: bytes, where: str) -> dict[str, Any]:
    """The object in a part that must be canonical JSON."""
    value = _parsed(part, where)
    if canonical(value) != part.decode():
        raise Fault(where, "json")
    return value


def places_of(value: Any, levels: int = 3) -> dict[str, str]:
    """Short digests of the pieces of an object, by dotted path of at most three steps."""
    if not value or not levels or not isinstance(value, (dict, list)):
        return {"": hashlib.sha256(canonical(value).encode()).hexdigest()[:8]}
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    deeper = ((str(name), places_of(inner, levels - 1)) for name, inner in pairs)
    return {name + ("." + path if path else ""): digest for name, found in deeper for path, digest in found.items()}


def damage(bundle: Bundle) -> Iterator[Fault]:
    """For each part whose digest is wrong: that it is, and where inside it, as far as can be told."""
    for name, part in bundle.parts.items():
        if "sha256:" + hashlib.sha256(part).hexdigest() == bundle.digests[name]:
            continue
        yield Fault(name, "digest")
        try:
            inside = list(_inside(name, part, bundle))
            yield from inside
            if not inside:  # perhaps the manifest's digest was changed, and not the part
                check_note(bundle.note, [key for key in read_keys(bundle) if key.kind != WITNESS], "manifest")
        except Fault as fault:
            yield fault


def _inside(name: str, part: bytes, bundle: Bundle) -> Iterator[Fault]:
    if name == "facts":
        read_facts(part, read_proof(bundle.parts["proof"]), set())
    elif name in ("keys", "checkpoint"):
        keys = read_keys(bundle)
        check_note(_utf8(bundle.parts["checkpoint"], "checkpoint"), keys, "checkpoint")
    elif name in PLACED:
        now, before = places_of(_parsed(part, name)), read_json(bundle.parts["places"], "places").get(name, {})
        for path in sorted(now.keys() | before.keys()):
            if now.get(path) != before.get(path):
                yield Fault(f"{name}.{path}", "changed")
    else:
        read_json(part, name)


def read_keys(bundle: Bundle) -> list[Key]:
    """The keys of a bundle: the log's own under the log's name, then its witnesses'."""
    lines = _utf8(bundle.parts["keys"], "keys").split("\n")
    if lines.pop() != "" or not 1 <= len(lines) <= 16:
        raise Fault("keys", "shape")
    keys = [read_key(line, f"keys.{number}") for number, line in enumerate(lines, 1)]
    kinds = [key.kind for key in keys]
    if kinds != sorted(kinds, key=[ED25519, SM2, WITNESS].index) or kinds.count(ED25519) != 1 or kinds.count(SM2) > 1:
        raise Fault("keys", "order")
    for number, key in enumerate(keys, 1):
        if key.kind != WITNESS and key.name != bundle.origin:
            raise Fault(f"keys.{number}", "origin", f"{key.name} ≠ {bundle.origin}")
    return keys


# ---- Facts and their place in the log (RFC 9162) ----


@dataclass(frozen=True)
class Proof:
    """The size of the log, the places [first, last] of the facts, and the hashes of the other subtrees."""

    size: int
    ranges: list[tuple[int, int]]
    hashes: list[bytes]


def read_proof(part: bytes) -> Proof:
    """The proof, its places in order and inside the log."""
    plain = read_json(part, "proof")
    try:
        size, ranges = plain["size"], [(first, last) for first, last in plain["indexes"]]
        hashes = [bytes.fromhex(each) for each in plain["hashes"]]
        before = -1
        for first, last in ranges:
            if not before < first <= last < size or type(first) is not int or type(last) is not int:
                raise Fault("proof.indexes", "order", f"{first}-{last}")
            before = last
    except (KeyError, TypeError, ValueError):
        raise Fault("proof", "shape") from None
    if type(size) is not int or len(plain) != 3 or any(len(each) != 32 for each in hashes):
        raise Fault("proof", "shape")
    return Proof(size, ranges, hashes)


@dataclass
class Facts:
    """All leaf hashes in order; and, whole, the facts that are wanted or that bear on the whole contract."""

    hashes: list[bytes] = field(default_factory=list)
    kept: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)


KEPT = {"contract.registered", "contract.supplemented", "fact.corrected"}


def read_facts(part: bytes, proof: Proof, wanted: set[str]) -> Facts:
    """Every line of the facts, checked: at its place, canonical, no id twice, equal to its hash."""
    facts, seen, index, recorded = Facts(), set[str](), 0, ""
    scan, sha256, add_hash, add_id = _SCAN, hashlib.sha256, facts.hashes.append, seen.add
    places = chain.from_iterable(range(first, last + 1) for first, last in proof.ranges)
    try:
        for index, raw in zip(places, io.BytesIO(part)):  # noqa: B905 - zip has no `strict` in Python 3.9
            line = raw.decode()
            row, _ = scan(line, 0)
            leaf, written = row["leaf"], row["leaf_hash"]
            if f'{{"index":{index},"leaf":{_quote(leaf)},"leaf_hash":"{written}"}}\n' != line:
                raise Fault(f"facts.{index}", "order" if row["index"] != index else "json")
            packed = leaf.encode()
            digest = sha256(b"\x00" + packed).digest()
            if digest.hex() != written:
                raise Fault(f"facts.{index}", "leaf_hash")
            fact, end = scan(leaf, 0)
            if end != len(leaf) or canonical(fact) != leaf or tuple(fact) != ENVELOPE or len(packed) > LONGEST_LEAF:
                raise ValueError
            name = fact["id"]
            if name in seen or fact["recordedtime"] < recorded:
                raise Fault(f"facts.{index}", "order", name)
            recorded = fact["recordedtime"]
            add_hash(digest)
            add_id(name)
            if name in wanted or fact["type"] in KEPT:
                facts.kept[name] = index, fact
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        raise Fault(f"facts.{index}", "json") from None
    if part.count(b"\n") != sum(last - first + 1 for first, last in proof.ranges):
        raise Fault("facts", "length", f"{part.count(10)} lines")
    return facts


def _joined(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes; an odd last one moves up, which is where RFC 9162 cuts."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        pairs = range(0, len(hashes) - 1, 2)
        odd = hashes[-1:] if len(hashes) & 1 else []
        hashes = [sha256(b"\x01" + hashes[at] + hashes[at + 1]).digest() for at in pairs] + odd
    return hashes[0]


def root_of(proof: Proof, hashes: list[bytes]) -> bytes:
    """The root of the log from the facts' hashes and the other subtrees'; every hash given must be needed."""
    places = [index for first, last in proof.ranges for index in range(first, last + 1)]
    beside, used = iter(proof.hashes), 0

    def root(start: int, end: int, first: int, stop: int) -> bytes:
        nonlocal used
        if first == stop:
            used += 1
            return next(beside)
        if stop - first == end - start:
            return _joined(hashes[first:stop])
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        cut = bisect_left(places, middle, first, stop)
        return hashlib.sha256(b"\x01" + root(start, middle, first, cut) + root(middle, end, cut, stop)).digest()

    try:
        found = root(0, proof.size, 0, len(places)) if proof.size else hashlib.sha256(b"").digest()
    except StopIteration:
        raise Fault("proof.hashes", "missing") from None
    if used != len(proof.hashes):
        raise Fault("proof.hashes", "surplus", len(proof.hashes) - used)
    return found


def read_checkpoint(text: str, origin: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint of this log."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise Fault("checkpoint", "shape")
    if lines[0] != origin:
        raise Fault("checkpoint.1", "origin", f"{lines[0]} ≠ {origin}")
    return int(lines[1]), _base64(lines[2], "checkpoint.3")


# ---- The statement, computed again ----


@dataclass
class Recount:
    """All that a leaf of the arithmetic may be read from."""

    statement: dict[str, Any]
    terms: dict[str, Any]
    calendar: dict[str, Any]
    facts: dict[str, tuple[int, dict[str, Any]]]
    gone: set[str] = field(default_factory=set)
    changes: list[dict[str, str]] = field(default_factory=list)
    days: set[str] = field(default_factory=set)
    nodes: int = 0
    steps: int = 0
    off: set[str] = field(default_factory=set)
    work: set[str] = field(default_factory=set)
    readings: dict[str, str] = field(default_factory=dict)

    def reading(self, name: str) -> object:
        """The choice in force: the statement's, which was checked, or else the terms'."""
        return self.readings.get(name, self.terms["readings"].get(name))


GIVEN = {"zero": 0, "one": 1, "full": 100}
"""The constants that may stand in the arithmetic."""


def value_of(plain: object, where: str) -> Value:
    """The number or day that is written "2024-05-24", "958397.2", "1/3" or 30."""
    if type(plain) is int:
        return Fraction(plain)
    try:
        if isinstance(plain, str) and DAY.fullmatch(plain):
            return date.fromisoformat(plain)
        if isinstance(plain, str) and NUMBER.fullmatch(plain):
            return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        pass
    raise Fault(where, "shape", repr(plain))


def written(value: Value) -> str:
    """A value for a reader."""
    if isinstance(value, date):
        return value.isoformat()
    scaled = value * 10**12
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, rest = divmod(abs(scaled.numerator), 10**12)
    return f"{'-' if value < 0 else ''}{whole:,}" + (f".{rest:012d}".rstrip("0") if rest else "")


def term_at(terms: Any, path: str) -> object:
    """The value at a dotted path; a step into a list is an entry's number, code or id, or its place from 1."""
    for step in path.split("."):
        if isinstance(terms, list):
            named = [one for one in terms if step in {str(one.get(key)) for key in ("number", "code", "id")}]
            place = int(step) if step.isdecimal() and len(step) < 5 else 0
            terms = named[0] if named else terms[place - 1] if 0 < place <= len(terms) else None
        else:
            terms = terms.get(step) if isinstance(terms, dict) else None
    return terms


def recompute(node: Any, court: Recount, where: str, depth: int = 0) -> Value:
    """The value of a node, computed from its leaves; it must be the value written there."""
    if not isinstance(node, dict) or depth > DEEPEST:
        raise Fault(where, "shape", f"depth {depth}")
    court.nodes += 1
    if "op" in node:
        args = node.get("args")
        if node.keys() != {"op", "args", "value", "why"} or not isinstance(args, list) or not args:
            raise Fault(where, "shape")
        values = [recompute(arg, court, f"{where}.{at}", depth + 1) for at, arg in enumerate(args)]
        try:
            found = _result(node, values, court)
        except (KeyError, TypeError, AttributeError, ValueError, ZeroDivisionError, OverflowError):
            raise Fault(where, "shape", node["op"]) from None
    else:
        found = _leaf(node, court, where)
    claimed = value_of(node.get("value"), f"{where}.value")
    if claimed != found or type(claimed) is not type(found):
        rule = "sum" if "op" in node else "term" if "term" in node else "fact" if "fact" in node else "given"
        raise Fault(where, rule, f"{written(claimed)} ≠ {written(found)}")
    return found


def _leaf(node: dict[str, Any], court: Recount, where: str) -> Value:
    if node.keys() == {"term", "value"}:
        return _from_term(node, court, where)
    if node.keys() == {"fact", "field", "value"}:
        index, fact = known_fact(node["fact"], court, where)
        if node["fact"] in court.gone:
            raise Fault(where, "withdrawn", f"{node['fact']}, facts.{index}")
        said = fact["time"][:10] if node["field"] == "day" else term_at(fact["data"], str(node["field"]))
        if said is None:
            raise Fault(where, "fact", f"facts.{index}.{node['field']}")
        return value_of(said, f"facts.{index}.{node['field']}")
    if node.keys() != {"given", "value"}:
        raise Fault(where, "shape")
    return _given(str(node["given"]), court, where)


def _from_term(node: dict[str, Any], court: Recount, where: str) -> Value:
    """As registered, or as a supplement in force changed it: the one of these that the node claims, if any does."""
    path = str(node["term"])
    stated = [term_at(court.terms, path), *(_changed(each, path) for each in court.changes)]
    values = [value_of(each, f"terms.{path}") for each in stated if each is not None]
    if not values:
        raise Fault(where, "term", path)
    claimed = value_of(node["value"], f"{where}.value")
    return claimed if claimed in values else values[0]


def _changed(change: dict[str, str], path: str) -> object:
    """What a change makes of the term at a path; a change of a whole table or list is written in TOML."""
    if change["path"] == path:
        return change["value"]
    if not path.startswith(change["path"] + ".") or not change["value"]:
        return None
    if tomllib is None:
        raise Fault(f"terms.{path}", "term", "Python 3.11+")
    table = tomllib.loads("value = " + change["value"], parse_float=str)["value"]
    found = term_at(table, path[len(change["path"]) + 1 :])
    return found.isoformat() if isinstance(found, date) else found


def _given(name: str, court: Recount, where: str) -> Value:
    if name == "as_of":
        return date.fromisoformat(court.statement["as_of"])
    if name in GIVEN:
        return Fraction(GIVEN[name])
    month = re.fullmatch(r"month\.([0-9]{4})-(0[1-9]|1[0-2])\.(first|last)", name)
    if month is None or month[1] == "0000":
        raise Fault(where, "given", name)
    first = date(int(month[1]), int(month[2]), 1)
    return first if month[3] == "first" else (first + timedelta(31)).replace(day=1) - timedelta(1)


def known_fact(name: object, court: Recount, where: str) -> tuple[int, dict[str, Any]]:
    """A fact that may be used: in the bundle, of this contract, known then, and happened by then."""
    if not isinstance(name, str) or name not in court.facts:
        raise Fault(where, "missing", name)
    index, fact = court.facts[name]
    moments = (fact["time"], fact["recordedtime"])
    if not all(isinstance(moment, str) and MOMENT.fullmatch(moment) for moment in moments):
        raise Fault(f"facts.{index}", "shape", "time")
    if fact["subject"] != court.statement["contract"]:
        raise Fault(where, "fact", f"{name}: {fact['subject']}")
    late = index >= court.statement["facts_known"] or fact["recordedtime"] > court.statement["known_at"]
    if late or fact["time"][:10] > court.statement["as_of"]:
        raise Fault(where, "unknown", f"{name}, facts.{index}")
    return index, fact


def _result(node: dict[str, Any], args: list[Any], court: Recount) -> Value:
    """What an operation makes of its arguments. A day where a number belongs raises TypeError or AttributeError."""
    name, first = node["op"], args[0]
    if name in ("plus", "times"):
        total: Fraction = _bounded(first + 0)
        for each in args[1:]:
            total = _bounded(total + each if name == "plus" else total * each)
        return total
    if name in ("latest", "earliest", "not_below", "not_above"):
        wanted = date if name in ("latest", "earliest") else Fraction
        if not all(isinstance(each, wanted) for each in args):
            raise TypeError
        found: Value = max(args) if name in ("latest", "not_below") else min(args)
        return found
    if name == "rung":
        return _rung(first, args[1:])
    if name == "round_half_up":
        (amount,) = args
        fen = (2 * abs(amount * 100) + 1) // 2
        if not node["why"]:
            raise ValueError
        return Fraction(fen if amount >= 0 else -fen, 100)
    _, second = args
    if name == "minus":
        return _bounded(first - second + 0)
    if name == "divided":
        return _bounded(first / second)
    if name == "days_after":
        return Fraction((second - first).days)
    if name not in ("plus_days", "plus_workdays") or second.denominator != 1 or abs(second) > MOST_DAYS:
        raise ValueError
    day: date = first
    return day + timedelta(int(second)) if name == "plus_days" else plus_workdays(day, int(second), court)


def _rung(number: Fraction, ladder: list[Any]) -> Value:
    """The share of the last bound that a number lies below; a ladder of odd length, or none below, is no ladder."""
    pairs = zip(ladder[::2], ladder[1::2])  # noqa: B905 - zip has no `strict` in Python 3.9
    below = [share + 0 for bound, share in pairs if number < bound + 0]
    if not below or len(ladder) % 2:
        raise ValueError
    found: Fraction = below[-1]
    return found


def _bounded(number: Fraction) -> Fraction:
    if abs(number.numerator) > LARGEST or number.denominator > LARGEST:
        raise OverflowError
    return number


def plus_workdays(day: date, count: int, court: Recount) -> date:
    """The count-th working day after a day (before it, if negative), one day at a time."""
    step = timedelta(1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not _worked(day, court):
            day += step
    return day


def _worked(day: date, court: Recount) -> bool:
    court.steps += 1
    if court.steps > MOST_DAYS:
        raise Fault("statement", "too_large", f"{MOST_DAYS} days")
    years = court.calendar["years"]
    if court.reading("A2") != "monday_to_friday" and str(day.year) in years:
        text = day.isoformat()
        return text in court.work or (day.weekday() < 5 and text not in court.off)
    announced = court.reading("A2") == "monday_to_friday" or court.calendar.get("beyond") is not None
    if not announced and court.reading("A23") != "estimated":
        raise Fault("calendar.years", "calendar", day.year)
    return day.weekday() < 5


def register(court: Recount, digests: dict[str, str]) -> None:
    """The bundle's terms and calendar are the ones registered; what was corrected or supplemented is set apart."""
    said = court.statement
    known = [
        (name, index, fact)
        for name, (index, fact) in court.facts.items()
        if fact["subject"] == said["contract"]
        and index < said["facts_known"]
        and fact["recordedtime"] <= said["known_at"]
    ]
    for name, _, fact in sorted(known, key=lambda one: -one[1]):
        if fact["type"] == "fact.corrected" and name not in court.gone:
            court.gone.add(fact["data"]["corrects"])
    registered = None
    for _, index, fact in (one for one in known if one[0] not in court.gone):
        if fact["type"] == "contract.registered":
            registered = index, fact["data"]
        if fact["type"] == "contract.supplemented" and fact["time"][:10] <= said["as_of"]:
            days = [value for value in fact["data"].values() if isinstance(value, str) and DAY.fullmatch(value)]
            court.changes += fact["data"]["changes"] if max(days) <= said["as_of"] else []
    if registered is None:
        raise Fault("facts", "missing", "contract.registered")
    for name, theirs in (("terms", said["terms_digest"]), ("calendar", said["calendar_digest"])):
        if not registered[1][name] == digests[name] == theirs:
            raise Fault(name, "registered", f"facts.{registered[0]}")


def recount(court: Recount) -> Iterator[Fault]:
    """Everything in a statement that can be computed again; each finding apart, so that all faults are named."""
    said = court.statement
    if said["contract"] != court.terms.get("id"):
        yield Fault("statement.contract", "term", said["contract"])
    if said["supposed"]:
        yield Fault("statement.supposed", "supposed", said["supposed"])
    for name, choice in said["readings"]:
        changed = [each["value"] for each in court.changes if each["path"] == f"readings.{name}"]
        if choice not in (court.terms["readings"].get(name), *changed):
            yield Fault(f"statement.readings.{name}", "reading", choice)
    for kind in ("obligations", "rights", "checks", "questions", "lines"):
        for one in said[kind]:
            try:
                _finding(one, f"statement.{kind}.{one['id']}", court)
            except Fault as fault:
                yield fault
    if said["totals"] != totals(said["lines"]):
        yield Fault("statement.totals", "sum", totals(said["lines"]))


def _finding(one: dict[str, Any], where: str, court: Recount) -> None:
    """One finding: its facts may be used, its arithmetic holds, its amount and days follow from them."""
    facts = [known_fact(name, court, f"{where}.facts")[1] for name in one["facts"]]
    working, amount, due = one.get("working"), one.get("amount"), one.get("due")
    value = None if working is None else recompute(working, court, f"{where}.working")
    if amount is not None and (not AMOUNT.fullmatch(amount) or Fraction(amount) != value):
        raise Fault(f"{where}.amount", "sum", f"{amount} ≠ {'-' if value is None else written(value)}")
    if "gates" in one:
        if due is not None and str(value) != due:
            raise Fault(f"{where}.due", "sum", f"{due} ≠ {value}")
        _obligation(one, where, court, {day for fact in facts for day in _days(fact)})
    elif due is not None and due not in court.days:
        raise Fault(f"{where}.due", "sum", due)


def _obligation(one: dict[str, Any], where: str, court: Recount, stated: set[Any]) -> None:
    """Gates are met on a day their fact names; the other days are among those, the facts' own, and the due day.

    Signing and acceptance may themselves be the progress, so that gate is met on a day of any fact of the obligation.
    """
    stated.add(court.terms.get("cover_date"))
    progress = set(stated)
    stated.add(one["due"])
    court.days.add(one["due"])
    for gate in one["gates"]:
        days = _days(known_fact(gate["fact"], court, f"{where}.gates")[1]) if gate["fact"] is not None else set()
        if gate["met"] is not None and gate["met"] not in days | (progress if gate["key"] == "progress" else set()):
            raise Fault(f"{where}.gates.{gate['key']}", "fact", gate["met"])
        stated.add(gate["met"])
    for name in ("payable", "late_from", "done"):
        if one[name] is not None and one[name] not in stated:
            raise Fault(f"{where}.{name}", "fact", one[name])


def _days(fact: dict[str, Any]) -> set[str]:
    """The days a fact names: the one it happened on, and those in its fields."""
    return {fact["time"][:10], *(said for said in fact["data"].values() if isinstance(said, str) and DAY.match(said))}


def totals(lines: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """What each side owes: now (due), and so far of what still grows (running)."""
    fen = {payer: {"due": 0, "running": 0} for payer in ("client", "provider")}
    for line in lines:
        if line["state"] in ("due", "running") and line["amount"] is not None:
            fen[line["payer"]][line["state"]] += int(Fraction(line["amount"]) * 100)
    return {payer: {state: _yuan(sum_) for state, sum_ in sums.items()} for payer, sums in fen.items()}


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def named_facts(said: dict[str, Any]) -> set[str]:
    """The ids of all facts a statement names anywhere."""
    found: set[str] = set()
    stack: list[Any] = [said]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            several = one.get("facts")
            named = [one.get("fact"), *(several if isinstance(several, list) else ())]
            found.update(each for each in named if isinstance(each, str))
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return found


# ---- All of it ----


def verify(whole: bytes, keys: Sequence[str] = ()) -> Report:
    """Checks a bundle; `keys` are verifier keys the caller trusts. Answers a report for any bytes, never raises."""
    report = Report()
    try:
        bundle = open_bundle(whole)
        report.origin = bundle.origin
        report.faults = list(damage(bundle))
        if not report.faults:
            _verify(bundle, keys, report)
    except Fault as fault:
        report.faults.append(fault)
    except (RecursionError, MemoryError):
        report.faults.append(Fault("bundle", "too_large"))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as wrong:
        # Whatever a hostile bundle holds that no check above names: refused all the same.
        report.faults.append(Fault("bundle", "shape", f"{type(wrong).__name__}: {wrong}"))
    return report


def _verify(bundle: Bundle, given: Sequence[str], report: Report) -> None:
    keys = read_keys(bundle)
    report.keys = [key.text for key in keys]
    for text in given:
        if read_key(text, "--key") not in keys:
            raise Fault("--key", "key", text[:80])
    check_note(bundle.note, [key for key in keys if key.kind != WITNESS], "manifest")
    head = check_note(_utf8(bundle.parts["checkpoint"], "checkpoint"), keys, "checkpoint")
    report.size, root = read_checkpoint(head, bundle.origin)
    said = read_json(bundle.parts["statement"], "statement")
    proof = read_proof(bundle.parts["proof"])
    facts = read_facts(bundle.parts["facts"], proof, named_facts(said))
    report.facts = len(facts.hashes)
    if proof.size != report.size or root_of(proof, facts.hashes) != root:
        raise Fault("proof", "root", f"{proof.size} / {report.size}")
    terms, calendar = (read_json(bundle.parts[name], name) for name in ("terms", "calendar"))
    court = Recount(said, terms, calendar, facts.kept)
    try:
        _recount(court, bundle, report)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as wrong:
        raise Fault("statement", "shape", f"{type(wrong).__name__}: {wrong}") from None
    report.trusted = any(read_key(text, "--key").kind != WITNESS for text in given)


def _recount(court: Recount, bundle: Bundle, report: Report) -> None:
    said = court.statement
    if said["format"] != "yunyue.statement/v1":
        raise Fault("statement.format", "shape", said["format"])
    if not (DAY.fullmatch(said["as_of"]) and MOMENT.fullmatch(said["known_at"]) and type(said["facts_known"]) is int):
        raise Fault("statement", "shape", "as_of, known_at, facts_known")
    for moment in ("as_of", "known_at"):
        date.fromisoformat(said[moment][:10])  # raises ValueError for what is no day
    if not 0 < said["facts_known"] <= report.size:
        raise Fault("statement.facts_known", "unknown", f"{said['facts_known']} / {report.size}")
    court.readings.update(said["readings"])
    for year in court.calendar["years"].values():
        court.off.update(year["off"])
        court.work.update(year["work"])
    register(court, bundle.digests)
    report.faults.extend(recount(court))
    report.nodes = court.nodes
    report.statement = {name: said[name] for name in ("contract", "as_of", "known_at", "facts_known")}
    report.statement["totals"] = totals(said["lines"])
    bad = [fault.where for fault in report.faults]
    report.lines = [_row(line, bad) for line in said["lines"]]


def _row(line: dict[str, Any], bad: list[str]) -> dict[str, Any]:
    """What a reader sees of a line."""
    place = f"statement.lines.{line['id']}."
    row = {name: line[name] for name in ("id", "clause", "payer", "amount", "due", "state")}
    row["zh"], row["en"] = line["title"]["zh"], line["title"]["en"]
    row["formula"] = None if line["working"] is None else formula(line["working"])
    texts = (value for name, value in row.items() if value is not None or name not in ("amount", "due", "formula"))
    if line["payer"] not in ("client", "provider") or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"lines.{line['id']}")
    return {**row, "ok": not any(where.startswith(place) for where in bad)}


def formula(node: dict[str, Any], depth: int = 0) -> str:
    """The arithmetic of a node on one line, with the value of each leaf and where it comes from."""
    if "op" not in node:
        name = node.get("term") or node.get("given") or f"{node.get('fact')}.{node.get('field')}"
        return f"{node['value']} [{name}]"
    inner = "…" if depth > 8 else ", ".join(formula(arg, depth + 1) for arg in node["args"])
    return f"{node['op']}({inner})" + (f" = {node['value']}" if depth == 0 else "")


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    faults = [{"where": f.where, "rule": f.rule, "zh": f.said("zh"), "en": f.said("en")} for f in report.faults]
    checked = {"log_size": report.size, "facts": report.facts, "nodes": report.nodes}
    head = {"ok": report.ok, "key_trusted": report.trusted, "origin": report.origin, "keys": report.keys}
    return {**head, "faults": faults, "checked": checked, "statement": report.statement, "lines": report.lines}


def show(report: Report, lang: str) -> str:
    """The report for a reader, in "zh" or "en"."""
    en, party = lang == "en", {"client": ("甲方", "client"), "provider": ("乙方", "provider")}
    out = [f"{FORMAT}  {report.origin}"]
    out += [f"  {key}  sha256:{hashlib.sha256(key.encode()).hexdigest()}" for key in report.keys]
    if not report.trusted:
        out.append(
            ("!!! 密钥未经确认：请用 --key 给出您信任的密钥", "!!! KEY NOT ESTABLISHED: give yours with --key")[en]
        )
    for line in report.lines:
        words = ("OK" if line["ok"] else "✗✗", line["clause"], line["id"], line[lang], party[line["payer"]][en])
        out.append("  ".join((*words, str(line["amount"] or "-"), line["state"], str(line["due"] or ""))).rstrip())
        if line["formula"]:
            out.append(f"      {line['formula']}")
    for payer, sums in report.statement.get("totals", {}).items():
        out.append(f"{party[payer][en]}  due {sums['due']}  running {sums['running']}")
    left_out = report.size - report.facts
    out.append(
        (
            f"已核验日志 {report.size} 条事实中的 {report.facts} 条（未附 {left_out} 条），重算 {report.nodes} 个数。",
            f"{report.facts} of the log's {report.size} facts checked ({left_out} left out), {report.nodes} values.",
        )[en]
    )
    out += [f"✗ {fault.said(lang)}" for fault in report.faults]
    verdict = ("核验通过", "VERIFIED") if report.ok else ("核验不通过", "NOT VERIFIED")
    return "\n".join([*out, verdict[en]])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the top of this file."""
    parser = argparse.ArgumentParser(prog="verify.py", description="核验云约结算包 / verify a Yunyue bundle, offline")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", action="append", default=[], metavar="NAME+ID+BASE64")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    chosen = parser.parse_args(arguments)
    try:
        with chosen.bundle.open("rb") as file:
            whole = file.read(LONGEST_BUNDLE + 1)
    except OSError as error:
        sys.stderr.write(Fault(str(chosen.bundle), "unreadable", error.strerror).said(chosen.lang) + "\n")
        return 2
    report = verify(whole, chosen.key)
    text = json.dumps(plain(report), ensure_ascii=False, indent=1) if chosen.json else show(report, chosen.lang)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
