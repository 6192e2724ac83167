"""Makes the bundle of a statement from the journal, and has verify.py check one in a process of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from yunyue import verify
from yunyue.answer import Refused
from yunyue.journal.proofs import multiproof
from yunyue.kernel import Kernel
from yunyue.kernel.inclusion import covering
from yunyue.papers.bundle import Account, Evidence, needed, write_bundle
from yunyue.settlement.statement import Statement

VERIFIER: Final = Path(verify.__file__)
PATIENCE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Checked:
    """What verify.py said: its text, its report as JSON values (None when the file could not be read)."""

    holds: bool
    text: str
    report: dict[str, Any] | None


def bundle(kernel: Kernel, statement: Statement) -> bytes | Refused:
    """The bytes of the bundle, under a published head that covers all the statement knows."""
    head = covering(kernel, statement.facts_known)
    indexes = needed(statement, list(kernel.journal.read()))
    terms = kernel.registered_terms(statement.contract)
    for one in (head, indexes, terms):
        if isinstance(one, Refused):
            return one
    assert not isinstance(head, Refused), "looked at above, as the next two"
    assert not isinstance(indexes, Refused)
    assert not isinstance(terms, Refused)
    note = kernel.publication.checkpoint_at(kernel.journal, head.size)
    if isinstance(note, Refused):
        return note
    leaves = {index: next(iter(kernel.journal.leaves(index, index + 1))) for index in indexes}
    evidence = Evidence(note, leaves, multiproof(indexes, head.size, kernel.journal.node))
    return write_bundle(Account(statement, terms, kernel.calendar), evidence, kernel.keys)


def verified(bundle_file: Path, keys: tuple[str, ...], language: str) -> Checked:
    """Run the verifier alone: no packages, no environment, nothing of ours but that one file."""
    given = [word for key in keys for word in ("--key", key)]
    text = _run(bundle_file, [*given, "--lang", language])
    report = _run(bundle_file, [*given, "--json"])
    plain = msgspec.json.decode(report.stdout) if report.returncode < 2 and report.stdout else None
    return Checked(text.returncode == 0, (text.stdout or text.stderr).strip(), plain)


def _run(bundle_file: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(bundle_file), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE_SECONDS, check=False, env={})
