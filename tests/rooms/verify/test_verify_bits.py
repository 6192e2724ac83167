"""A changed bit anywhere in a bundle is found, and the report says where it is.

Here every bit of the manifest and its signatures is changed, and in each part some 400 bits spread over all of it.
"""

from collections.abc import Iterator

import pytest

from yunyue import verify

TOLD_INSIDE = {"terms", "calendar", "facts", "proof", "statement"}


def flipped(bundle: bytes, at: int, bit: int) -> bytes:
    """The bundle with one bit changed."""
    return b"%b%c%b" % (bundle[:at], bundle[at] ^ 1 << bit, bundle[at + 1 :])


def spans(bundle: bytes) -> dict[str, range]:
    """Where each part lies."""
    parts = verify.open_bundle(bundle).parts
    start = len(bundle) - sum(map(len, parts.values()))
    found = {"manifest": range(start)}
    for name, part in parts.items():
        found[name] = range(start, start := start + len(part))
    return found


def fact_lines(bundle: bytes) -> Iterator[tuple[int, range]]:
    """Each fact's place in the log, and where its line lies in the bundle."""
    part = spans(bundle)["facts"]
    start = part.start
    proof = verify.read_proof(verify.open_bundle(bundle).parts["proof"])
    places = [place for first, last in proof.ranges for place in range(first, last + 1)]
    for place, line in zip(places, bundle[part.start : part.stop].splitlines(keepends=True), strict=True):
        yield place, range(start, start := start + len(line))


@pytest.mark.parametrize("bit", range(8))
def test_any_changed_bit_of_the_manifest_or_its_signatures_is_found(bundle: bytes, bit: int) -> None:
    for at in spans(bundle)["manifest"]:
        assert not verify.verify(flipped(bundle, at, bit)).ok, at


@pytest.mark.parametrize("name", verify.PARTS)
def test_a_changed_bit_of_a_part_is_found_and_the_part_named(bundle: bytes, name: str) -> None:
    part = spans(bundle)[name]
    for at in part[:: len(part) // 400 or 1]:
        report = verify.verify(flipped(bundle, at, at % 8))
        wheres = [fault.where for fault in report.faults]
        assert wheres, at
        assert wheres[0] == name
        assert {where.split(".")[0] for where in wheres} == {name}, at
        assert name not in TOLD_INSIDE or len(wheres) > 1, at


def test_a_changed_bit_of_a_fact_names_that_fact(bundle: bytes) -> None:
    for place, line in fact_lines(bundle):
        for at in line[::7]:
            report = verify.verify(flipped(bundle, at, at % 7))
            assert [fault.where for fault in report.faults] == ["facts", f"facts.{place}"], at


@pytest.mark.parametrize(
    ("name", "piece", "path"),
    [
        ("terms", b'"total":"1916794.40"', "terms.price.total"),
        ("terms", b'"start":"2024-04-11"', "terms.term.start"),
        ("calendar", b"2024-02-04", "calendar.years.2024.work"),
        ("statement", b'"amount":"958397.20"', "statement.lines.0.amount"),
        ("statement", b'"as_of":"2024-10-15"', "statement.as_of"),
    ],
)
def test_a_changed_digit_of_a_json_part_names_its_path(bundle: bytes, name: str, piece: bytes, path: str) -> None:
    part = spans(bundle)[name]
    at = bundle.index(piece, part.start, part.stop) + len(piece) - 2
    report = verify.verify(flipped(bundle, at, 0))
    assert [fault.where for fault in report.faults] == [name, path]


def test_a_broken_json_part_names_the_path_where_it_breaks(bundle: bytes) -> None:
    part = spans(bundle)["terms"]
    at = bundle.index(b'"price":{"total":', part.start, part.stop) + len(b'"price":{"total"')
    report = verify.verify(flipped(bundle, at, 0))
    assert [fault.where for fault in report.faults] == ["terms", "terms.price.total"]


def test_a_changed_digest_in_the_manifest_is_told_from_a_changed_part(bundle: bytes) -> None:
    at = bundle.index(b"terms ") + len(b"terms 12739 sha256:") + 3
    changed = b"a" if bundle[at : at + 1] != b"a" else b"b"
    report = verify.verify(bundle[:at] + changed + bundle[at + 1 :])
    assert [fault.where for fault in report.faults] == ["terms", "manifest.signatures.1"]
