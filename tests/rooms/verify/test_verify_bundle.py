"""What a whole bundle must be: complete, in order, signed by the right keys, and enough on its own."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from bundle_cast import ORIGIN, Cast, forged, make_cast
from yunyue import verify
from yunyue.journal.envelope import canonical
from yunyue.papers.bundle import seal

FILE = Path(verify.__file__)


def wheres(bundle: bytes, *keys: str) -> list[tuple[str, str]]:
    """Place and rule of every fault."""
    return [(fault.where, fault.rule) for fault in verify.verify(bundle, keys).faults]


def with_part(cast: Cast, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The bundle with a part changed, signed anew by the log."""
    parts = dict(verify.open_bundle(cast.bundle()).parts)
    parts[name] = change(parts[name])
    return seal(parts, cast.keys)


def in_order(lines: bytes) -> bytes:
    """The first two lines in each other's place."""
    first, second, *rest = lines.splitlines(keepends=True)
    return b"".join((second, first, *rest))


def test_an_honest_bundle_holds_and_the_given_key_is_trusted(cast: Cast, bundle: bytes) -> None:
    report = verify.verify(bundle, [cast.key])
    assert not report.faults
    assert report.trusted
    assert (report.origin, report.size, report.facts) == (ORIGIN, 15, 14)
    assert {row["id"]: row["amount"] for row in report.lines} == {
        "instalment-1": "958397.20",
        "instalment-2": "575038.32",
        "instalment-3": "383358.88",
        "late-delivery": "1916.79",
        "late-payment-1": "958.40",
    }


def test_without_a_key_the_report_says_that_trust_was_not_established(bundle: bytes) -> None:
    report = verify.verify(bundle)
    assert report.ok
    assert not report.trusted
    assert "!!! KEY NOT ESTABLISHED" in verify.show(report, "en")
    assert "!!! 密钥未经确认" in verify.show(report, "zh")
    assert sha256(report.keys[0].encode()).hexdigest() in verify.show(report, "en")


def test_a_witness_key_alone_does_not_establish_the_log(cast: Cast, bundle: bytes) -> None:
    assert cast.witness is not None
    report = verify.verify(bundle, [cast.witness.note_key().to_text()])
    assert report.ok
    assert not report.trusted


def test_every_key_of_the_log_may_be_given(cast: Cast, bundle: bytes) -> None:
    report = verify.verify(bundle, [key.to_text() for key in cast.keys.note_keys()])
    assert report.ok
    assert report.trusted


def test_another_logs_key_fails(bundle: bytes, tmp_path: Path) -> None:
    stranger = make_cast(tmp_path)
    assert wheres(bundle, stranger.key) == [("--key", "key")]


def test_a_bundle_signed_by_another_key_under_the_same_name_fails(cast: Cast, tmp_path: Path) -> None:
    forger = make_cast(tmp_path)
    parts = verify.open_bundle(cast.bundle()).parts
    assert wheres(seal(parts, forger.keys), cast.key) == [("manifest.signatures.1", "key")]
    assert wheres(forger.bundle(), cast.key) == [("--key", "key")]


@pytest.mark.parametrize("key", ["", "x", "a+b+c", f"{ORIGIN}+00000000+AAAA", "名+1+é"])
def test_a_key_that_is_none_fails(bundle: bytes, key: str) -> None:
    assert wheres(bundle, key) == [("--key", "shape")]


def test_a_bundle_without_its_sm2_signature_fails(cast: Cast, bundle: bytes) -> None:
    note, _, rest = bundle.partition(b"\n\n")
    block, _, parts = rest.partition(b"\n\n")
    without = note + b"\n\n" + block.splitlines()[0] + b"\n\n" + parts
    assert wheres(without, cast.key) == [("manifest.signatures", "missing")]


def test_a_checkpoint_without_its_witness_fails(cast: Cast) -> None:
    changed = with_part(cast, "checkpoint", lambda note: b"".join(note.splitlines(keepends=True)[:-1]))
    assert wheres(changed) == [("checkpoint.signatures", "missing")]


@pytest.mark.parametrize("name", verify.PARTS)
def test_a_missing_part_is_named(bundle: bytes, name: str) -> None:
    lines = bundle.split(b"\n")
    without = b"\n".join(line for line in lines if not line.startswith(name.encode() + b" "))
    ((where, rule), *_) = wheres(without)
    assert where == f"manifest.{verify.PARTS.index(name) + 3}"
    assert rule in ("order", "missing")


def test_surplus_bytes_are_found(bundle: bytes) -> None:
    assert wheres(bundle + b"\n") == [("bundle", "surplus")]


@pytest.mark.parametrize("cut", [1, 100, 20_000])
def test_a_cut_bundle_names_the_part_it_was_cut_in(bundle: bytes, cut: int) -> None:
    ((where, rule),) = wheres(bundle[:-cut])
    assert where in ("places", "statement")
    assert rule == "length"


def test_an_empty_file_is_no_bundle() -> None:
    assert wheres(b"") == [("manifest", "shape")]


def test_facts_in_another_order_fail_even_if_signed_anew(cast: Cast) -> None:
    assert wheres(with_part(cast, "facts", in_order)) == [("facts.0", "order")]


def test_a_fact_left_out_fails_even_if_signed_anew(cast: Cast) -> None:
    changed = with_part(cast, "facts", lambda lines: b"".join(lines.splitlines(keepends=True)[:-1]))
    assert wheres(changed) == [("facts", "length")]


def test_a_fact_changed_with_its_hash_is_not_in_the_signed_log(cast: Cast) -> None:
    def pay_more(lines: bytes) -> bytes:
        rows = [json.loads(line) for line in lines.splitlines()]
        for row in rows:
            row["leaf"] = row["leaf"].replace('"amount":"900000.00"', '"amount":"900000.01"')
            row["leaf_hash"] = sha256(b"\x00" + row["leaf"].encode()).hexdigest()
        return b"".join(canonical(row) + b"\n" for row in rows)

    assert wheres(with_part(cast, "facts", pay_more)) == [("proof", "root")]


def test_a_fact_that_is_not_canonical_json_fails(cast: Cast) -> None:
    def spaced(lines: bytes) -> bytes:
        rows = [json.loads(line) for line in lines.splitlines()]
        rows[4]["leaf"] = rows[4]["leaf"].replace('"actor":', '"actor": ')
        rows[4]["leaf_hash"] = sha256(b"\x00" + rows[4]["leaf"].encode()).hexdigest()
        return b"".join(canonical(row) + b"\n" for row in rows)

    assert wheres(with_part(cast, "facts", spaced)) == [("facts.4", "json")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda proof: proof["hashes"].append("00" * 32), ("proof.hashes", "surplus")),
        (lambda proof: proof["hashes"].clear(), ("proof.hashes", "missing")),
        (lambda proof: proof["hashes"].__setitem__(0, "00" * 32), ("proof", "root")),
        (lambda proof: proof.update(size=16), ("proof", "root")),
        (lambda proof: proof["indexes"].append([3, 3]), ("proof.indexes", "order")),
        (lambda proof: proof.update(size=True), ("proof.indexes", "order")),
        (lambda proof: proof.pop("size"), ("proof", "shape")),
    ],
)
def test_a_proof_signed_anew_must_still_be_that_of_the_log(
    cast: Cast, change: Callable[[dict[str, object]], object], expected: tuple[str, str]
) -> None:
    ((where, rule), *_) = wheres(forged(cast, "proof", change))
    assert (where, rule) == expected or rule == "missing" == expected[1]


def test_terms_that_were_not_registered_fail(cast: Cast) -> None:
    changed = forged(cast, "terms", lambda terms: terms["price"].update(total="1916794.41"))
    assert ("terms", "registered") in wheres(changed)


def test_a_calendar_that_was_not_registered_fails(cast: Cast) -> None:
    changed = forged(cast, "calendar", lambda calendar: calendar["years"]["2024"]["off"].pop())
    assert ("calendar", "registered") in wheres(changed)


def test_json_with_spaces_fails_even_if_signed_anew(cast: Cast) -> None:
    spaced = with_part(cast, "terms", lambda part: json.dumps(json.loads(part), ensure_ascii=False).encode())
    assert wheres(spaced) == [("terms", "json")]


def test_the_file_alone_verifies_a_bundle_with_no_platform_installed(cast: Cast, bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "bundle").write_bytes(bundle)
    (tmp_path / "alone.py").write_bytes(FILE.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-S", "alone.py", "bundle", "--key", cast.key, "--lang", "en"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "VERIFIED"
    assert "OK  C03  instalment-1" in done.stdout


def test_the_command_line_answers_json_and_exit_code_1_for_a_bad_bundle(
    bundle: bytes, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "bad").write_bytes(bundle[:-1])
    assert verify.main([str(tmp_path / "bad"), "--json"]) == 1
    said = json.loads(capfdbinary.readouterr().out)
    assert (said["ok"], said["key_trusted"]) == (False, False)
    assert said["faults"][0]["where"] == "places"
    assert said["faults"][0]["zh"].startswith("places: 长度与清单不符")


def test_the_command_line_answers_exit_code_2_for_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert verify.main([str(tmp_path / "none")]) == 2


def test_the_file_imports_the_standard_library_only_and_parses_as_python_3_9() -> None:
    tree = ast.parse(FILE.read_text(), feature_version=(3, 9))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names <= sys.stdlib_module_names
