"""Making a paper at any door: from the statement of a day and the facts, under a head that covers them."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import canonical
from yunyue.kernel import Kernel
from yunyue.papers.body import Given
from yunyue.papers.bundle import Account
from yunyue.papers.source import Source
from yunyue.papers.write import Form, write
from yunyue.settlement.exhibit import to_plain


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which paper of which contract, as of which day, with what particulars, in which form."""

    contract: str
    code: str
    as_of: date
    given: Given
    form: Form


def made(kernel: Kernel, wanted: Wanted) -> bytes | Refused:
    """The bytes of the paper. Refused: what the paper itself refuses, a contract or day there is not."""
    statement, terms = kernel.statement(wanted.contract, wanted.as_of), kernel.registered_terms(wanted.contract)
    if isinstance(statement, Refused):
        return statement
    if isinstance(terms, Refused):
        return terms
    head = _head(kernel, statement.facts_known)
    if isinstance(head, Refused):
        return head
    verify_at = kernel.settings.public_url and f"{kernel.settings.public_url}/archive/verify"
    source = Source.of(Account(statement, terms, kernel.calendar), kernel.facts(wanted.contract), head, verify_at)
    return source if isinstance(source, Refused) else write(wanted.code, source, wanted.given, wanted.form)


def _head(kernel: Kernel, size: int) -> Checkpoint | Refused:
    """The published head where it covers so many facts; else a new one."""
    latest = kernel.publication.latest()
    return latest if isinstance(latest, Checkpoint) and latest.size >= size else kernel.publish()


def digest_of(kernel: Kernel, contract: str, as_of: date, size: int) -> str:
    """The digest of the statement of a day as it was known under a head of so many facts; "" where there is none."""
    facts = [one for one in kernel.facts(contract) if one.sequence < size]
    if not facts:
        return ""
    statement = kernel.statement(contract, as_of, facts[-1].recorded)
    return "" if isinstance(statement, Refused) else sha256(canonical(to_plain(statement))).hexdigest()
