"""The end of samples: whole calendar months after they were taken, and never while a legal hold covers them.

What goes are sealed files, the oldest first. The facts that sealed them stay, with the tree and every checkpoint, so
an old proof holds; each file that went is a fact of its own.
"""

from datetime import datetime, time

from yunyue.answer import Refused
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import DocumentDestroyed, HoldLifted, HoldPlaced, SegmentSealed
from yunyue.kernel.happening import Happening, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.kernel import INSTALLATION
from yunyue.settlement.retention import holds

RECORDER = Recorder("service:retention", "/kernel/retention")
LEAST_MONTHS = 6
"""Six months is the least that the Cybersecurity Law (Article 21) lets logs be kept."""


def cutoff(now: datetime, months: int) -> datetime:
    """The Beijing midnight before which samples may go: so many whole calendar months lie between it and now."""
    here = now.astimezone(BEIJING)
    index = here.year * 12 + here.month - 1 - max(months, LEAST_MONTHS)
    return datetime.combine(here.date().replace(year=index // 12, month=index % 12 + 1, day=1), time(), BEIJING)


def expire(hosting: Hosting) -> tuple[SegmentSealed, ...] | Refused:
    """Take away what the installation need not keep, and record it; which files went.

    Refused: a legal hold covers samples; a file that no fact seals yet.
    """
    held = hold_over_samples(hosting)
    if held:
        return Refused(f"legal hold {held} covers samples; nothing was taken away", "keep_months", "C38")
    before = cutoff(hosting.kernel.clock.now(), months_kept(hosting))
    recorded = {one.fact.id for one in hosting.kernel.facts(INSTALLATION)}
    unsealed = [one.segment for one in hosting.series.expired(before) if f"sealed-{one.segment}" not in recorded]
    if unsealed:
        return Refused(f"no fact seals {unsealed[0]} yet; nothing was taken away", "keep_months")
    gone = hosting.series.prune(before)
    happenings = [_destroyed(one, hosting) for one in hosting.series.pruned()]
    new = [one for one in happenings if one.id not in recorded]
    done = hosting.kernel.note(new, RECORDER) if new else None
    return done if isinstance(done, Refused) else gone


def months_kept(hosting: Hosting) -> int:
    """Whole calendar months samples are kept: as the operator set it, and as long as any contract asks for logs."""
    terms = (hosting.kernel.terms(contract) for contract in hosting.kernel.contracts())
    asked = (one.papers.log_months for one in terms if not isinstance(one, Refused))
    return max(LEAST_MONTHS, hosting.kernel.settings.keep_months, *asked)


def hold_over_samples(hosting: Hosting) -> str:
    """The name of a hold of any contract that covers samples and stands; empty when there is none.

    A lifting that was corrected lifts nothing.
    """
    for contract in hosting.kernel.contracts():
        known = hosting.kernel.known(contract)
        if isinstance(known, Refused):
            continue
        for one in holds(known.all(HoldPlaced), known.all(HoldLifted)):
            if one.covers in ("everything", "logs"):
                return one.hold
    return ""


def _destroyed(segment: SegmentSealed, hosting: Hosting) -> Happening:
    months = months_kept(hosting)
    said = DocumentDestroyed(digest=segment.digest, reason=f"{segment.segment}: samples are kept {months} months")
    return Happening(said, hosting.kernel.clock.now(), f"pruned-{segment.segment}")
