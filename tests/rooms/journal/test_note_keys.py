"""Verifier keys: ids are computed as the specifications say, and no damaged key text is taken for a key."""

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.note import NoteKey, SignatureKind

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"

keys = st.sampled_from(SignatureKind).flatmap(
    lambda kind: st.builds(
        NoteKey,
        st.sampled_from(["yunyue.local/journal", "client.example/w1", "甲方"]),
        st.just(kind),
        st.binary(min_size=kind.public_length, max_size=kind.public_length),
    )
)


@pytest.mark.parametrize("text", [GO_KEY, SUMDB_KEY, ENOCH_KEY])
def test_published_verifier_keys_read_and_write_back(text: str) -> None:
    key = NoteKey.from_text(text)
    assert isinstance(key, NoteKey)
    assert (key.kind, key.to_text()) == (SignatureKind.ED25519, text)


@given(keys)
def test_every_key_reads_back(key: NoteKey) -> None:
    assert NoteKey.from_text(key.to_text()) == key


def test_an_sm2_key_id_covers_name_kind_and_point() -> None:
    point = b"\x04" + bytes(range(64))
    key = NoteKey("yunyue.local/journal", SignatureKind.SM2, point)
    assert key.key_id == sha256(b"yunyue.local/journal\n\xffsm2-sm3" + point).digest()[:4]


def test_a_witness_key_id_is_that_of_kind_four() -> None:
    key = NoteKey("w.example/1", SignatureKind.COSIGNATURE, bytes(32))
    assert key.key_id == sha256(b"w.example/1\n\x04" + bytes(32)).digest()[:4]


def test_the_same_key_has_another_id_for_another_kind_of_signature() -> None:
    ids = {NoteKey("name", kind, bytes(32)).key_id for kind in (SignatureKind.ED25519, SignatureKind.COSIGNATURE)}
    assert len(ids) == 2


def test_no_part_of_a_verifier_key_is_a_key() -> None:
    for start in range(len(GO_KEY)):
        for end in range(start + 1, len(GO_KEY) + 1):
            if (start, end) != (0, len(GO_KEY)):
                assert isinstance(NoteKey.from_text(GO_KEY[start:end]), Refused)


def test_no_changed_character_of_a_verifier_key_passes() -> None:
    for at in range(len(GO_KEY)):
        for step in (1, -1):
            changed = GO_KEY[:at] + chr(ord(GO_KEY[at]) + step) + GO_KEY[at + 1 :]
            assert isinstance(NoteKey.from_text(changed), Refused)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c7 4f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_KEY + "\n",
        "",
        "++",
        "name",
    ],
)
def test_malformed_verifier_keys_are_refused(text: str) -> None:
    assert isinstance(NoteKey.from_text(text), Refused)


def test_a_short_sm2_point_is_refused() -> None:
    encoded = b64encode(b"\xffsm2-sm3" + bytes(64)).decode()
    refused = NoteKey.from_text(f"name+00000000+{encoded}")
    assert refused == Refused("unknown kind of key, or a wrong length", "key.public")


def test_an_id_that_is_not_the_keys_is_refused_as_such() -> None:
    assert NoteKey.from_text(GO_KEY.replace("c74f20a3", "c74f20a4")) == Refused(
        "the id is not that of the key", "key.id"
    )


@pytest.mark.parametrize("name", ["", "two names", "a+b", "tab\t", "wide\u3000space"])
def test_a_key_with_a_malformed_name_is_not_made(name: str) -> None:
    with pytest.raises(BrokenTree, match="key name"):
        NoteKey(name, SignatureKind.ED25519, bytes(32))


@pytest.mark.parametrize("kind", SignatureKind)
def test_a_key_of_a_wrong_length_is_not_made(kind: SignatureKind) -> None:
    with pytest.raises(BrokenTree, match=f"not {kind.name}"):
        NoteKey("name", kind, bytes(kind.public_length + 1))
