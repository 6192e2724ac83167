"""The log's keys on disk: made once, kept from others' eyes, and used for this log's checkpoints only."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from yunyue.answer import Refused
from yunyue.host import keys as keys_module
from yunyue.host.ciphers import Provider, Unavailable, provider_for
from yunyue.host.ciphers.errors import WrongText
from yunyue.host.ciphers.interface import Algorithm
from yunyue.host.keys import ED25519_FILE, SM2_FILE, LogKeys, WitnessKey
from yunyue.host.signatures import check_note
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Note, NoteKey, SignatureKind, Signed, parse_note
from yunyue.journal.tree import EMPTY_ROOT, leaf_hash

ORIGIN = "yunyue.local/journal"
CHECKPOINT = Checkpoint(ORIGIN, 3, leaf_hash(b"root")).text()


def opened(folder: Path, *, create: bool = True) -> LogKeys:
    keys = LogKeys.open(folder, ORIGIN, create=create)
    assert isinstance(keys, LogKeys), keys
    return keys


def refused(folder: Path, *, create: bool = True) -> Refused:
    outcome = LogKeys.open(folder, ORIGIN, create=create)
    assert isinstance(outcome, Refused)
    return outcome


def note_of(written: str) -> Note:
    note = parse_note(written)
    assert isinstance(note, Note)
    return note


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "keys"


def test_first_use_makes_both_keys_for_their_owner_alone(folder: Path) -> None:
    opened(folder)
    assert sorted(each.name for each in folder.iterdir()) == [ED25519_FILE, SM2_FILE]
    assert (mode_of(folder), mode_of(folder / ED25519_FILE), mode_of(folder / SM2_FILE)) == (0o700, 0o600, 0o600)


def test_a_lax_umask_does_not_open_the_files(folder: Path) -> None:
    before = os.umask(0)
    try:
        opened(folder)
    finally:
        os.umask(before)
    assert (mode_of(folder), mode_of(folder / ED25519_FILE), mode_of(folder / SM2_FILE)) == (0o700, 0o600, 0o600)


def test_later_use_finds_the_same_keys(folder: Path) -> None:
    first = opened(folder).note_keys()
    contents = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert opened(folder).note_keys() == opened(folder, create=False).note_keys() == first
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == contents


def test_processes_that_start_at_once_agree_on_one_key(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: opened(folder).note_keys(), range(16)))
    assert found == [opened(folder).note_keys()] * 16
    assert sorted(each.name for each in folder.iterdir()) == [ED25519_FILE, SM2_FILE]


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert not set(opened(tmp_path / "a").note_keys()) & set(opened(tmp_path / "b").note_keys())


def test_a_checkpoint_carries_an_ed25519_and_an_sm2_signature_that_both_hold(folder: Path) -> None:
    keys = opened(folder)
    note = note_of(keys.sign_checkpoint(CHECKPOINT))
    assert note.text == CHECKPOINT
    assert [key.kind for key in keys.note_keys()] == [SignatureKind.ED25519, SignatureKind.SM2]
    assert [check_note(note, key) for key in keys.note_keys()] == [Signed(key) for key in keys.note_keys()]
    assert [each.key_id for each in note.signatures] == [key.key_id for key in keys.note_keys()]


def test_the_public_keys_can_be_handed_out_as_text(folder: Path) -> None:
    for key in opened(folder).note_keys():
        assert key.name == ORIGIN
        assert NoteKey.from_text(key.to_text()) == key


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("any text\n", "not a checkpoint"),
        ("", "not a checkpoint"),
        (Checkpoint("other.example/log", 0, EMPTY_ROOT).text(), "a checkpoint of other.example/log"),
    ],
)
def test_nothing_but_this_logs_checkpoints_is_signed(folder: Path, text: str, why: str) -> None:
    with pytest.raises(WrongText, match=why):
        opened(folder).sign_checkpoint(text)


@pytest.mark.parametrize("name", [ED25519_FILE, SM2_FILE])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o777])
def test_a_key_file_others_can_read_is_refused(folder: Path, name: str, mode: int) -> None:
    opened(folder)
    (folder / name).chmod(mode)
    outcome = refused(folder)
    assert outcome.field == str(folder / name)
    assert outcome.reason == f"mode {mode:04o} lets others in; run: chmod 600 {folder / name}"


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_others_can_enter_is_refused(folder: Path, mode: int) -> None:
    opened(folder)
    folder.chmod(mode)
    outcome = refused(folder)
    assert (outcome.field, "chmod 700" in outcome.reason) == (str(folder), True)


@pytest.mark.parametrize("name", [ED25519_FILE, SM2_FILE])
@pytest.mark.parametrize("contents", [b"", b"\x00" * 32, b"not a key\n"])
def test_a_malformed_key_file_is_refused_and_left_as_it_is(folder: Path, name: str, contents: bytes) -> None:
    opened(folder)
    (folder / name).write_bytes(contents)
    outcome = refused(folder)
    assert outcome.field == str(folder / name)
    assert "not a private key of" in outcome.reason
    assert (folder / name).read_bytes() == contents


def test_a_key_of_the_other_algorithm_is_refused(folder: Path) -> None:
    opened(folder)
    (folder / ED25519_FILE).write_bytes((folder / SM2_FILE).read_bytes())
    assert "not a private key of ed25519" in refused(folder).reason


def test_a_link_in_place_of_a_key_is_refused(folder: Path, tmp_path: Path) -> None:
    opened(folder)
    (folder / SM2_FILE).rename(tmp_path / "elsewhere")
    (folder / SM2_FILE).symlink_to(tmp_path / "elsewhere")
    assert refused(folder).reason.startswith("the key cannot be read")


def test_a_folder_in_place_of_a_key_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True)
    (folder / ED25519_FILE).mkdir()
    assert refused(folder).reason == "not a regular file"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_that_belongs_to_another_user_is_refused(folder: Path) -> None:
    opened(folder)
    os.chown(folder / ED25519_FILE, 12345, 12345)
    assert refused(folder).reason == "belongs to user 12345, not to ours (0)"


def test_without_leave_to_create_a_missing_key_is_refused_and_none_is_made(folder: Path) -> None:
    assert refused(folder, create=False).reason == "no such folder of keys"
    assert not folder.exists()
    opened(folder)
    (folder / ED25519_FILE).unlink()
    assert "cannot be read" in refused(folder, create=False).reason
    assert not (folder / ED25519_FILE).exists()


def test_without_sm2_the_log_signs_with_ed25519_and_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of this test has SM2; what is replaced is only the answer that it is there."""

    def without_sm2(algorithm: Algorithm) -> Provider | Unavailable:
        return Unavailable("sm2-sm3", "no libcrypto") if algorithm is Algorithm.SM2 else provider_for(algorithm)

    monkeypatch.setattr(keys_module, "provider_for", without_sm2)
    with capture_logs() as logged:
        keys = opened(folder)
    assert [(each["log_level"], each["reason"]) for each in logged] == [("warning", "sm2-sm3: no libcrypto")]
    note = note_of(keys.sign_checkpoint(CHECKPOINT))
    assert [key.kind for key in keys.note_keys()] == [SignatureKind.ED25519]
    assert len(note.signatures) == 1
    assert check_note(note, keys.note_keys()[0])


def test_without_ed25519_there_are_no_keys_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "provider_for", lambda algorithm: Unavailable(algorithm.value, "broken build"))
    assert refused(folder) == Refused("ed25519: broken build", ED25519_FILE)
    assert isinstance(WitnessKey.open(folder, "client.example/w1"), Refused)


def test_with_sm2_nothing_is_logged(folder: Path) -> None:
    with capture_logs() as logged:
        opened(folder)
    assert logged == []
