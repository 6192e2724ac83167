"""Entry bundles: the records of a tile, each after its length, nothing lost and nothing made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.journal.tiles import LONGEST_ENTRY, TILE_WIDTH, decode_entries, encode_entries

records = st.lists(st.binary(max_size=40), max_size=30)


def encoded(entries: list[bytes]) -> bytes:
    bundle = encode_entries(entries)
    assert isinstance(bundle, bytes)
    return bundle


@given(records)
def test_records_come_back_from_their_bundle(entries: list[bytes]) -> None:
    assert decode_entries(encoded(entries)) == entries


def test_each_record_follows_its_length_in_two_bytes() -> None:
    assert encoded([b"abc", b"", b"\x00"]) == b"\x00\x03abc\x00\x00\x00\x01\x00"


def test_the_longest_record_fits() -> None:
    record = bytes(LONGEST_ENTRY)
    assert decode_entries(encoded([record])) == [record]


def test_a_record_one_byte_longer_is_refused_by_name() -> None:
    refused = encode_entries([b"short", bytes(LONGEST_ENTRY + 1)])
    assert isinstance(refused, Refused)
    assert (refused.field, "65536 bytes" in refused.reason) == ("records.1", True)


@given(records.filter(bool), st.data())
def test_a_bundle_cut_short_is_never_read_as_the_whole(entries: list[bytes], draw: st.DataObject) -> None:
    bundle = encoded(entries)
    outcome = decode_entries(bundle[: draw.draw(st.integers(0, len(bundle) - 1))])
    assert isinstance(outcome, Refused) or outcome == entries[: len(outcome)] != entries


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x01", b"\x00\x02a", b"\x00\x01ab", b"\xff\xff"])
def test_a_bundle_that_ends_inside_a_record_is_refused(bundle: bytes) -> None:
    refused = decode_entries(bundle)
    assert isinstance(refused, Refused)
    assert refused.reason == "the bundle is cut short"


def test_more_records_than_a_tile_holds_are_refused() -> None:
    assert decode_entries(encoded([b""] * TILE_WIDTH)) == [b""] * TILE_WIDTH
    assert isinstance(decode_entries(encoded([b""] * (TILE_WIDTH + 1))), Refused)
