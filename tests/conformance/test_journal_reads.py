"""What every journal promises about reading back, and about the hashes of its tree."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from journals import Place
from samples import NOW, appended, payment, payments

from yunyue.journal.envelope import write
from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import (
    consistency_proof,
    inclusion_proof,
    nodes_over,
    verify_consistency,
    verify_inclusion,
)
from yunyue.journal.tree import leaf_hash, root_of
from yunyue.store.interface import Head, Journal

SIZE = 1_300
SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 1_024, 1_025, 1_299, 1_300)


@pytest.fixture
def filled(journal: Journal) -> Journal:
    """1,300 facts in batches that cut blocks of 256 in every way."""
    for start, stop in pairwise((0, 1, 100, 256, 400, 1_024, 1_025, SIZE)):
        appended(journal, payments(start, stop))
    return journal


@pytest.fixture
def hashes(filled: Journal) -> list[bytes]:
    """Its leaf hashes."""
    return [leaf_hash(leaf) for leaf in filled.leaves()]


def test_leaves_are_the_canonical_bytes_of_the_facts(filled: Journal) -> None:
    assert list(filled.leaves()) == [write(fact, NOW) for fact in payments(0, SIZE)]


def test_leaves_can_be_read_from_any_place_to_any_place(filled: Journal) -> None:
    everything = list(filled.leaves())
    for start, stop in ((0, 0), (0, 1), (5, 5), (5, 4), (17, 1_200), (1_299, 1_300), (1_000, 99_999), (5_000, None)):
        assert list(filled.leaves(start, stop)) == everything[start:stop]


def test_what_is_appended_while_reading_is_not_read(filled: Journal) -> None:
    reading = filled.leaves()
    next(reading)
    appended(filled, payments(SIZE, SIZE + 10))
    assert len(list(reading)) == SIZE - 1


def test_facts_can_be_read_of_one_contract_only(journal: Journal) -> None:
    mixed = [payment(number, subject=f"contract-{number % 3}") for number in range(30)]
    appended(journal, mixed)
    assert [each.sequence for each in journal.read(subject="contract-1")] == list(range(1, 30, 3))
    assert [each.sequence for each in journal.read(10, 20, "contract-2")] == [11, 14, 17]
    assert list(journal.read(subject="contract-9")) == []


def test_a_fact_is_found_by_its_id(filled: Journal) -> None:
    found = filled.find("beijing-2024/payment/777")
    assert found is not None
    assert (found.sequence, found.recorded, found.fact) == (777, NOW, payment(777))
    assert filled.find("beijing-2024/payment/777 ") is None
    assert filled.find("' OR 1=1 --") is None


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "合同", "", "a" * 100_000])
def test_odd_text_is_the_id_and_the_subject_of_nothing(filled: Journal, odd: str) -> None:
    assert filled.find(odd) is None
    assert list(filled.read(subject=odd)) == []


def test_the_head_at_every_size_is_the_root_over_that_prefix(filled: Journal, hashes: list[bytes]) -> None:
    for size in SIZES:
        assert filled.head_at(size) == Head(size, root_of(hashes[:size]))


def test_there_is_no_head_past_the_end(filled: Journal) -> None:
    for size in (-1, SIZE + 1):
        with pytest.raises(ValueError, match="1300 leaves"):
            filled.head_at(size)


def test_every_complete_node_has_the_hash_of_its_leaves(filled: Journal, hashes: list[bytes]) -> None:
    expected = nodes_over(hashes)
    for level in range(11):
        for index in {0, 1, 2, (SIZE >> level) // 2, (SIZE >> level) - 1}:
            if (index + 1) << level <= SIZE and index >= 0:
                assert filled.node(level, index) == expected(level, index)


@pytest.mark.parametrize(("level", "index"), [(0, SIZE), (0, -1), (8, 5), (11, 0), (64, 0), (-1, 0), (3, 162)])
def test_an_incomplete_node_is_an_error(filled: Journal, level: int, index: int) -> None:
    with pytest.raises(BrokenTree, match="not complete"):
        filled.node(level, index)


def test_a_leaf_is_proven_to_be_in_the_journal(filled: Journal, hashes: list[bytes]) -> None:
    for index, size in ((0, 1), (0, SIZE), (255, 256), (256, 300), (1_299, SIZE)):
        proof = inclusion_proof(index, size, filled.node)
        assert verify_inclusion(hashes[index], index, size, proof, filled.head_at(size).root)


def test_a_later_journal_is_proven_to_begin_with_an_earlier_one(filled: Journal) -> None:
    for old, new in pairwise(SIZES):
        proof = consistency_proof(old, new, filled.node)
        assert verify_consistency(old, filled.head_at(old).root, new, filled.head_at(new).root, proof)


def test_what_was_known_at_a_moment_is_a_prefix(journal: Journal) -> None:
    for number, minutes in ((0, 0), (1, 0), (2, 5), (3, 9)):
        appended(journal, [payment(number)], NOW + timedelta(minutes=minutes))
    assert [journal.size_at(NOW + timedelta(minutes=minutes)) for minutes in (-1, 0, 4, 5, 9, 999)] == [
        0,
        2,
        2,
        3,
        4,
        4,
    ]


def test_a_node_that_was_not_complete_is_there_once_it_is(journal: Journal) -> None:
    appended(journal, payments(0, 255))
    with pytest.raises(BrokenTree, match="not complete"):
        journal.node(8, 0)
    appended(journal, payments(255, 256))
    assert journal.node(8, 0) == journal.head().root


def test_many_readers_read_at_once(filled: Journal) -> None:
    readings = [filled.read(start) for start in range(0, SIZE, 100)]
    firsts = [next(reading).sequence for reading in readings]
    assert firsts == list(range(0, SIZE, 100))
    assert [sum(1 for _ in reading) for reading in readings] == [SIZE - first - 1 for first in firsts]


def test_another_handle_sees_what_was_acknowledged(place: Place) -> None:
    writer, reader = place.open(), place.open()
    reading: Iterator[int] = (appended(writer, [payment(number)]).sequences[0] for number in range(20))
    for sequence in reading:
        assert reader.head().size == sequence + 1
        assert reader.find(payment(sequence).id) is not None
