"""An independent reader of tlog-tiles (tlog-scales, Apache-2.0) reads our tiles and our checkpoints."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Ed25519CosignatureVerifier, Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint
from tlog_scales.tlog import ConsistencyProof, InclusionProof
from tlog_scales.writer import TilesWriter

from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Note, NoteKey, SignatureKind, format_note, made_signature, signed_message
from yunyue.journal.proofs import consistency_proof, inclusion_proof, nodes_over
from yunyue.journal.tiles import encode_entries, grown_tiles
from yunyue.journal.tree import leaf_hash, root_of

ORIGIN = "yunyue.local/journal"
RECORDS = [f"record {index}".encode() for index in range(1000)]
LEAVES = [leaf_hash(record) for record in RECORDS]
NODE_OF = nodes_over(LEAVES)


def unread(level: int, n: int, width: int) -> bytes:
    raise AssertionError("a log that starts empty has no partial tile to read")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Our tiles and entry bundles of a thousand records, in files."""
    for tile, packed in grown_tiles(0, LEAVES, unread):
        place = tmp_path / tile.path()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(packed)
        if tile.level == 0:
            bundle = encode_entries(RECORDS[tile.n * 256 : tile.n * 256 + tile.width])
            assert isinstance(bundle, bytes)
            entries = tmp_path / tile.entries_path()
            entries.parent.mkdir(parents=True, exist_ok=True)
            entries.write_bytes(bundle)
    return tmp_path


@pytest.fixture
def reader(log: Path) -> TilesReader:
    reader = TilesReader(LocalBackend(log))
    reader.set_size(len(RECORDS))
    return reader


def test_it_computes_our_root(reader: TilesReader) -> None:
    assert reader.calculate_root_hash() == root_of(LEAVES)


def test_it_reads_our_records(reader: TilesReader) -> None:
    assert [reader.get_entry(index) for index in (0, 255, 256, 999)] == [RECORDS[index] for index in (0, 255, 256, 999)]


def test_it_makes_our_inclusion_proofs(reader: TilesReader) -> None:
    for index in range(0, 1000, 37):
        assert reader.get_inclusion_proof(index, 1000).node_hashes == inclusion_proof(index, 1000, NODE_OF)


def test_it_makes_our_consistency_proofs(reader: TilesReader) -> None:
    for old in range(1, 1000, 37):
        assert reader.get_consistency_proof(old, 1000).node_hashes == consistency_proof(old, 1000, NODE_OF)


def test_it_accepts_our_inclusion_proofs() -> None:
    for index in range(0, 777, 31):
        InclusionProof(index, 777, inclusion_proof(index, 777, NODE_OF)).check(LEAVES[index], root_of(LEAVES[:777]))


def test_it_accepts_our_consistency_proofs() -> None:
    for old in range(1, 777, 31):
        proof = ConsistencyProof(old, 777, consistency_proof(old, 777, NODE_OF))
        proof.check(root_of(LEAVES[:old]), root_of(LEAVES[:777]))


def test_it_writes_the_files_we_write(log: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    theirs = tmp_path_factory.mktemp("theirs") / "log"
    writer = TilesWriter.create(theirs, ORIGIN)
    for record in RECORDS:
        writer.add_leaf(record)
    writer.commit([])
    (theirs / "checkpoint").unlink()
    assert files_below(theirs) == files_below(log)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def signed(kind: SignatureKind, name: str, at: int) -> tuple[NoteKey, str]:
    """A checkpoint of a thousand records and its one signature line, made with `cryptography` alone."""
    private = Ed25519PrivateKey.generate()
    key = NoteKey(name, kind, private.public_key().public_bytes_raw())
    text = Checkpoint(ORIGIN, 1000, root_of(LEAVES)).text()
    line = made_signature(key, private.sign(signed_message(key, text, at)), at)
    return key, format_note(Note(text, (line,)))


@pytest.mark.parametrize(("kind", "at"), [(SignatureKind.ED25519, 0), (SignatureKind.COSIGNATURE, 1_700_000_000)])
def test_it_accepts_our_signatures_under_our_verifier_keys(kind: SignatureKind, at: int) -> None:
    key, written = signed(kind, "client.example/witness", at)
    checkpoint = TheirCheckpoint.from_text(written)
    checkpoint.verify(Vkey.from_string(key.to_text()))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root_hash) == (ORIGIN, 1000, root_of(LEAVES))


def test_it_reads_the_time_of_our_cosignature() -> None:
    key, written = signed(SignatureKind.COSIGNATURE, "client.example/witness", 1_700_000_000)
    verifier = Ed25519CosignatureVerifier(Vkey.from_string(key.to_text()))
    assert verifier.get_timestamp(TheirCheckpoint.from_text(written).signatures[0].payload) == 1_700_000_000
