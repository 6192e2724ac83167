"""Signed notes as text: what the specification allows reads back unchanged, all else is refused."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.note import LONGEST_NOTE, Note, Signature, canonical_base64, format_note, is_key_name, parse_note

LINE = "— quasimodo.example/salvatore " + b64encode(b"\x36\x7b\xa0\x49" + bytes(64)).decode() + "\n"

plain = st.characters(min_codepoint=32, exclude_categories=["Cs"])
texts = st.lists(st.text(plain, max_size=20), min_size=1, max_size=5).map(lambda lines: "\n".join(lines) + "\n")
names = st.text(plain.filter(is_key_name), min_size=1, max_size=12)
signatures = st.builds(Signature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=90))
notes = st.builds(Note, texts, st.lists(signatures, min_size=1, max_size=4).map(tuple))


def test_a_note_is_text_blank_line_and_signatures() -> None:
    note = Note("text\n", (Signature("name", b"\x00\x00\x00\x01", b"sig"),))
    assert format_note(note) == "text\n\n— name AAAAAXNpZw==\n"


@given(notes)
def test_every_note_reads_back(note: Note) -> None:
    assert parse_note(format_note(note)) == note


def test_a_text_may_hold_blank_lines() -> None:
    note = parse_note("Ognuno sta solo\ntrafitto da un raggio:\n\ned è subito sera.\n\n" + LINE)
    assert isinstance(note, Note)
    assert note.text == "Ognuno sta solo\ntrafitto da un raggio:\n\ned è subito sera.\n"


def test_a_text_may_end_in_blank_lines() -> None:
    note = parse_note("text\n\n\n" + LINE)
    assert isinstance(note, Note)
    assert note.text == "text\n\n"


def test_other_line_separators_do_not_split_lines() -> None:
    note = parse_note("one\u2028two\x85three\n\n" + LINE)
    assert isinstance(note, Note)
    assert note.text == "one\u2028two\x85three\n"


def test_unknown_signatures_are_kept_in_their_order() -> None:
    odd = "— other.example/key " + b64encode(b"\xff" * 2424).decode() + "\n"
    note = parse_note("text\n\n" + odd + LINE)
    assert isinstance(note, Note)
    assert [each.name for each in note.signatures] == ["other.example/key", "quasimodo.example/salvatore"]
    assert format_note(note) == "text\n\n" + odd + LINE


def test_a_signature_can_be_added() -> None:
    first, second = Signature("a", bytes(4), b"1"), Signature("b", bytes(4), b"2")
    assert Note("text\n", (first,)).with_signature(second) == Note("text\n", (first, second))


@pytest.mark.parametrize("control", [chr(code) for code in range(32) if chr(code) != "\n"])
def test_a_control_character_is_refused_in_text_and_names(control: str) -> None:
    refused = Refused("a control character or half a surrogate pair", "note")
    assert parse_note(f"te{control}xt\n\n{LINE}") == refused
    assert parse_note("text\n\n" + LINE.replace("salvatore", f"salva{control}tore")) == refused


def test_text_that_is_not_unicode_is_refused() -> None:
    assert isinstance(parse_note("te\ud800xt\n\n" + LINE), Refused)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n" + LINE,
        "text\n\n" + LINE[:-1],
        "text\n\n" + LINE + "\n",
        "text\n\n" + LINE + "unexpected line\n",
        "text\n\nunexpected line\n" + LINE,
        "text\n\n" + LINE + "\n" + "not a signature\n",
        "text\r\n\r\n" + LINE,
        "\n" + LINE,
    ],
)
def test_notes_of_another_shape_are_refused(written: str) -> None:
    assert isinstance(parse_note(written), Refused)


@pytest.mark.parametrize(
    "line",
    [
        "- name AAAAAAE=",
        "– name AAAAAAE=",
        "—name AAAAAAE=",
        "—  name AAAAAAE=",
        "— name  AAAAAAE=",
        "— name AAAAAAE= ",
        " — name AAAAAAE=",
        "— AAAAAAE=",
        "— two names AAAAAAE=",
        "— na+me AAAAAAE=",
        "— na\u00a0me AAAAAAE=",
        "— na\u3000me AAAAAAE=",
        "— name AAAAAAE",
        "— name AAAAAAE==",
        "— name AAAAAAF=",
        "— name AAAA-_E=",
        "— name AAAA",
        "— name AAAAAA==",
        "— name ",
        "— name ＡAAAAAE=",
    ],
)
def test_lines_that_are_not_exactly_a_signature_are_refused(line: str) -> None:
    assert parse_note(f"text\n\n{line}\n") == Refused("not a signature line", "note.signatures.0")


def test_the_shortest_signature_line_reads() -> None:
    assert parse_note("text\n\n— name AAAAAAE=\n") == Note("text\n", (Signature("name", bytes(4), b"\x01"),))


def test_a_hundred_signatures_are_read_and_one_more_is_refused() -> None:
    hundred = parse_note("text\n\n" + LINE * 100)
    assert isinstance(hundred, Note)
    assert len(hundred.signatures) == 100
    assert parse_note("text\n\n" + LINE * 101) == Refused("more than 100 signatures", "note.signatures")


def test_a_note_over_a_mebibyte_is_refused() -> None:
    assert isinstance(parse_note("x" * LONGEST_NOTE + "\n\n" + LINE), Refused)


@pytest.mark.parametrize(
    "note",
    [
        Note("no newline", (Signature("name", bytes(4), b"1"),)),
        Note("text\n", ()),
        Note("te\txt\n", (Signature("name", bytes(4), b"1"),)),
        Note("text\n", (Signature("two names", bytes(4), b"1"),)),
        Note("text\n", (Signature("name", bytes(3), b"1"),)),
        Note("text\n", (Signature("name", bytes(4), b""),)),
    ],
)
def test_a_note_that_would_not_read_back_is_not_written(note: Note) -> None:
    with pytest.raises(BrokenTree, match="cannot be written"):
        format_note(note)


@given(st.binary(max_size=70))
def test_only_the_canonical_base64_is_read(packed: bytes) -> None:
    encoded = b64encode(packed).decode()
    assert canonical_base64(encoded) == packed
    for other in (encoded + "=", encoded + "\n", " " + encoded, encoded[:-1]):
        assert canonical_base64(other) is None or not encoded
