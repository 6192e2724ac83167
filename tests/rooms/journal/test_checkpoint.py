"""Checkpoints: one spelling for each, and every other text is refused with the line that is wrong."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.journal.checkpoint import LARGEST_SIZE, Checkpoint
from yunyue.journal.errors import BrokenTree
from yunyue.journal.tree import EMPTY_ROOT, leaf_hash

ROOT = leaf_hash(b"root")
ROOT_LINE = b64encode(ROOT).decode()
lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=20)


def test_the_example_of_the_specification_reads() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert isinstance(checkpoint, Checkpoint)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text() == text


def test_a_checkpoint_is_origin_size_and_root() -> None:
    assert Checkpoint("yunyue.local/journal", 7, ROOT).text() == f"yunyue.local/journal\n7\n{ROOT_LINE}\n"


def test_an_empty_log_has_a_checkpoint() -> None:
    checkpoint = Checkpoint("yunyue.local/journal", 0, EMPTY_ROOT)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@given(lines, st.integers(1, LARGEST_SIZE), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=3))
def test_every_checkpoint_reads_back(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "size",
    ["", "-1", "+7", "07", "00", " 7", "7 ", "7.0", "1e3", "0x7", "٧", "1_000", "9223372036854775808", "9" * 5000],
)
def test_a_size_in_another_spelling_is_refused(size: str) -> None:
    refused = Checkpoint.parse(f"origin\n{size}\n{ROOT_LINE}\n")
    assert isinstance(refused, Refused)
    assert refused.field in ("checkpoint.size", "checkpoint")


def test_the_largest_size_is_read() -> None:
    checkpoint = Checkpoint.parse(f"origin\n9223372036854775807\n{ROOT_LINE}\n")
    assert isinstance(checkpoint, Checkpoint)
    assert checkpoint.size == LARGEST_SIZE


@pytest.mark.parametrize(
    "root",
    [
        ROOT_LINE[:-1],
        ROOT_LINE + "=",
        ROOT_LINE.rstrip("="),
        " " + ROOT_LINE,
        "A" * 43,
        b64encode(bytes(31)).decode(),
        b64encode(bytes(33)).decode(),
        ROOT.hex(),
        "!" * 44,
        "é" * 44,
    ],
)
def test_a_root_that_is_not_the_base64_of_a_hash_is_refused(root: str) -> None:
    assert Checkpoint.parse(f"origin\n7\n{root}\n") == Refused("not the base64 of 32 bytes", "checkpoint.root")


def test_base64_with_bits_left_over_is_refused() -> None:
    """47DE...FU= and 47DE...FV= decode to the same bytes; only the first is canonical."""
    empty = b64encode(EMPTY_ROOT).decode()
    assert empty.endswith("FU=")
    assert isinstance(Checkpoint.parse(f"origin\n0\n{empty[:-2]}V=\n"), Refused)


def test_an_empty_log_with_another_root_is_refused() -> None:
    refused = Checkpoint.parse(f"origin\n0\n{ROOT_LINE}\n")
    assert refused == Refused("an empty log has the root of an empty tree", "checkpoint.root")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "origin\n",
        "origin\n7\n",
        f"origin\n7\n{ROOT_LINE}",
        f"\n7\n{ROOT_LINE}\n",
        f"origin\n7\n{ROOT_LINE}\n\n",
        f"origin\n7\n{ROOT_LINE}\n\nextension\n",
        f"origin\n7\n{ROOT_LINE}\nextension",
        f"origin\r\n7\r\n{ROOT_LINE}\r\n",
        f"ori\tgin\n7\n{ROOT_LINE}\n",
        f"origin\n7\n{ROOT_LINE}\nexten\x00sion\n",
    ],
)
def test_texts_of_another_shape_are_refused(text: str) -> None:
    refused = Checkpoint.parse(text)
    assert isinstance(refused, Refused)
    assert refused.field == "checkpoint"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": ""},
        {"origin": "two\nlines"},
        {"size": -1},
        {"size": 1 << 63},
        {"root": bytes(31)},
        {"extensions": ("",)},
    ],
)
def test_a_checkpoint_that_would_not_read_back_is_not_written(wrong: dict[str, object]) -> None:
    checkpoint = replace(Checkpoint("origin", 7, ROOT), **wrong)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(BrokenTree, match="cannot be written"):
        checkpoint.text()


@given(st.integers(0, 255))
def test_a_changed_bit_of_the_root_is_another_checkpoint(bit: int) -> None:
    changed = (int.from_bytes(ROOT, "big") ^ 1 << bit).to_bytes(32, "big")
    assert Checkpoint("origin", 7, changed).text() != Checkpoint("origin", 7, ROOT).text()
