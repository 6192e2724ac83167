"""Prometheus' remote write, version 1.0: a protobuf message of series, in snappy's block form. Both ways.

Only the four kinds of fields that matter are read, with bounds on everything before anything is made of it; exemplars,
metadata and native histograms are passed over, as the specification allows.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Final

import cramjam

from yunyue.answer import Refused
from yunyue.services.monitor.metrics.scraped import Labels, Scraped, Values, sort

MOST_PACKED: Final = 4 << 20
MOST_UNPACKED: Final = 32 << 20
MOST_LABELS: Final = 64
LONGEST_NAME: Final = 200
LONGEST_VALUE: Final = 2_048
MOST_LABEL_OCTETS: Final = 8_192
"""Bytes of all labels of a series; they are held in memory for as long as the series lives."""

LATEST: Final = 2**53 - 1
_VARINT, _FIXED64, _BYTES = 0, 1, 2
_LABEL, _VALUE, _TIME = 1 << 3 | _BYTES, 1 << 3 | _FIXED64, 2 << 3 | _VARINT
_DOUBLE: Final = struct.Struct("<d")
_SAMPLE: Final = struct.Struct("<3sdBIH")
"""A part that holds one sample: its key and length, the value, and a time (ms) of six bytes, from 2004 to 2109."""
_HEAD: Final = bytes((2 << 3 | _BYTES, 16, _VALUE))
_MORE: Final = 0x8080_8080_8080
"""The bits of six bytes that say that another follows."""


MOST_KNOWN: Final = 50_000
LONGEST_KNOWN: Final = 1_024
"""Bytes of labels that are remembered by; longer ones are read anew each time."""

_known: Final[dict[bytes, Labels]] = {}


class _Broken(Exception):
    """The message is no message."""


def read(packed: bytes) -> Scraped | Refused:
    """The series of a message. Refused: not snappy, not protobuf, too large, labels that are none."""
    try:
        return Scraped(tuple(_usual(part) or _series(part) for part in _parts(_unpacked(packed))))
    except _Broken as broken:
        return Refused(f"this is no remote write 1.0: {broken}", "body", "C37")


def write(scraped: Scraped) -> bytes:
    """The message of these series."""
    body = b"".join(_part(1, _written(labels, values)) for labels, values in scraped.series)
    return bytes(cramjam.snappy.compress_raw(body))


def _unpacked(packed: bytes) -> bytes:
    """Snappy says first how much it will be, so nothing large is unpacked to find out."""
    if len(packed) > MOST_PACKED:
        raise _Broken(f"more than {MOST_PACKED} bytes")
    announced, _ = _varint(packed, 0)
    if announced > MOST_UNPACKED:
        raise _Broken(f"more than {MOST_UNPACKED} bytes unpacked")
    try:
        return bytes(cramjam.snappy.decompress_raw(packed))
    except cramjam.DecompressionError as error:
        raise _Broken(f"snappy: {error}") from None


def _parts(body: bytes) -> Iterator[bytes]:
    """The series of a message, each as it is written."""
    place, end = 0, len(body)
    while place + 2 < end and body[place] == _LABEL:
        length, place = body[place + 1], place + 2
        if length >= 0x80:
            length, place = _varint(body, place - 1)
        if place + length > end:
            raise _Broken("it ends too early")
        yield body[place : place + length]
        place += length
    if place < end:
        yield from (part for number, part in _fields(body[place:]) if number == 1)


def _usual(body: bytes) -> tuple[Labels, Values] | None:
    """What nearly every series is: labels that came before, and one sample. None for any other; `_series` reads all."""
    labels = _known.get(body[: -_SAMPLE.size])
    if labels is None:
        return None
    head, value, key, low, high = _SAMPLE.unpack_from(body, len(body) - _SAMPLE.size)
    octets = low | high << 32
    if head != _HEAD or key != _TIME or octets & _MORE != _MORE >> 8:
        return None
    at = octets & 0x7F | octets >> 1 & 0x3F80 | octets >> 2 & 0x1F_C000 | octets >> 3 & 0xFE0_0000
    return labels, ((at | octets >> 4 & 0x7_F000_0000 | octets >> 5 & 0x3F8_0000_0000, value),)


def _series(body: bytes) -> tuple[Labels, Values]:
    """Labels come first, and the same ones again and again: what they say is remembered by their bytes."""
    place = 0
    while place < len(body) and body[place] == _LABEL:
        length, place = _varint(body, place + 1)
        place += length
    if place > len(body):
        raise _Broken("it ends too early")
    values: list[tuple[int, float]] = []
    for number, part in _fields(body[place:]):
        if number == 1:
            raise _Broken("labels come before the samples")
        if number == 2:
            values.append(_value(part))
    return _remembered(body[:place]), tuple(values)


def _remembered(body: bytes) -> Labels:
    """Labels by their bytes; when too many are known, all are learned anew."""
    if len(body) > MOST_LABEL_OCTETS:
        raise _Broken(f"the labels of a series take {MOST_LABEL_OCTETS} bytes at most")
    found = _known.get(body)
    if found is None:
        found = _labels(body)
        if len(body) > LONGEST_KNOWN:
            return found
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[body] = found
    return found


def _labels(body: bytes) -> Labels:
    labels = dict(_label(part) for _, part in _fields(body))
    if not labels.get("__name__") or len(labels) > MOST_LABELS:
        raise _Broken(f"a series has a __name__ and {MOST_LABELS} labels at most")
    return sort(labels)


def _label(body: bytes) -> tuple[str, str]:
    parts = dict(_fields(body))
    try:
        name, value = parts.get(1, b"").decode(), parts.get(2, b"").decode()
    except UnicodeDecodeError:
        raise _Broken("a label is not UTF-8") from None
    if not name or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
        raise _Broken(f"a label's name has 1 to {LONGEST_NAME} characters, its value {LONGEST_VALUE} at most")
    return name, value


def _value(body: bytes) -> tuple[int, float]:
    if len(body) > 10 and body[0] == _VALUE and body[9] == _TIME:
        at, end = _varint(body, 10)
        if end == len(body) and at <= LATEST:
            return at, _DOUBLE.unpack_from(body, 1)[0]
    value, at, place = 0.0, 0, 0
    while place < len(body):
        key, place = _varint(body, place)
        if key == 1 << 3 | _FIXED64 and place + 8 <= len(body):
            value = struct.unpack_from("<d", body, place)[0]
            place += 8
        elif key == 2 << 3 | _VARINT:
            at, place = _varint(body, place)
        else:
            raise _Broken("a sample has a value and a time")
    if not 0 <= at <= LATEST:
        raise _Broken("a sample's time is no time")
    return at, value


def _fields(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that hold bytes; the others are passed over."""
    place = 0
    while place < len(body):
        key, place = _varint(body, place)
        match key & 7:
            case 0:
                _, place = _varint(body, place)
                continue
            case 1:
                place += 8
                continue
            case 5:
                place += 4
                continue
            case 2:
                length, place = _varint(body, place)
            case _:
                raise _Broken("a field of an unknown kind")
        if place + length > len(body):
            raise _Broken("it ends too early")
        yield key >> 3, body[place : place + length]
        place += length


def _varint(body: bytes, place: int) -> tuple[int, int]:
    if place < len(body) and body[place] < 0x80:
        return body[place], place + 1
    found = shift = 0
    while True:
        if place >= len(body) or shift > 63:
            raise _Broken("a number that does not end")
        octet = body[place]
        place += 1
        found |= (octet & 0x7F) << shift
        if octet < 0x80:
            return found, place
        shift += 7


def _written(labels: Labels, values: Sequence[tuple[int, float]]) -> bytes:
    named = (_part(1, _part(1, name.encode()) + _part(2, value.encode())) for name, value in labels)
    timed = (_part(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _number(at)) for at, value in values)
    return b"".join((*named, *timed))


def _part(number: int, content: bytes) -> bytes:
    return _number(number << 3 | _BYTES) + _number(len(content)) + content


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
