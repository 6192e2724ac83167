"""What the audit administrator should look at: odd acts of the other two, many refusals, evidence kept too short."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from yunyue.doors.accesses import accesses
from yunyue.doors.office import office
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.clock import BEIJING
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import ProposalApproved
from yunyue.kernel.kernel import INSTALLATION
from yunyue.people.duties import needs_another
from yunyue.people.policy import by_oneself
from yunyue.settlement.admission import Known
from yunyue.store.access import Wanted

LOOKED_BACK: Final = timedelta(days=30)
DAY_BEGINS: Final = 7
DAY_ENDS: Final = 21
KEPT_MONTHS: Final = 6
"""Logs are kept at least so many calendar months (Cybersecurity Law, article 21)."""


@dataclass(frozen=True, slots=True)
class Odd:
    """An act worth asking about, and why."""

    recorded: Recorded
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How far back something reaches, against how far it has to. `gap`: in words, empty when nothing is missing."""

    what: str
    since: datetime | None
    gap: str


def odd_acts() -> list[Odd]:
    """Acts on accounts of the last days that were done on the machine, at night, or by whoever they serve."""
    since = office().clock.now() - LOOKED_BACK
    acts = [one for one in office().kernel.facts(INSTALLATION) if one.fact.type.startswith("account.")]
    watched = {one.pseudonym for one in Account.objects.filter(role__in=_WATCHED)}
    found = [odd for one in acts if one.fact.time >= since for odd in _odd(one, watched)]
    return [*_past_duties(since), *found[::-1]]


def _past_duties(since: datetime) -> list[Odd]:
    """What was typed in on the machine without the second person it needs, whoever it names as actor; newest first."""
    kernel = office().kernel
    found = []
    for contract in kernel.contracts():
        known = kernel.known(contract)
        assert isinstance(known, Known)
        agreed = {one.fact for one in known.all(ProposalApproved)}
        found += [
            Odd(one, _("recorded on the machine without a second person"))
            for one in kernel.facts(contract)
            if one.recorded >= since and one.fact.source.startswith("/cli") and one.fact.id not in agreed
            if needs_another(type(one.fact.data)) or by_oneself(known, one.fact.data, one.fact.actor)
        ]
    return found[::-1]


_WATCHED: Final = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)


def _odd(one: Recorded, watched: set[str]) -> Iterator[Odd]:
    said: Any = one.fact.data
    if one.fact.source.startswith("/cli"):
        yield Odd(one, _("done on the machine, past the console"))
    hour = one.fact.time.astimezone(BEIJING).hour
    if one.fact.actor in watched and not DAY_BEGINS <= hour < DAY_ENDS:
        yield Odd(one, _("done at night"))
    if one.fact.type == "account.password.reset":
        yield Odd(one, _("a password was reset by another person"))
    if getattr(said, "what", "") == "factor_removed" and said.about and "recovery" not in said.about:
        yield Odd(one, _("a second factor was removed"))


def refused_lately() -> list[tuple[str, str, int]]:
    """Who was turned away most in the last day: pseudonym, address, how often."""
    since = int((office().clock.now() - timedelta(days=1)).timestamp() * 1000)
    found = accesses(office()).search(Wanted(outcome="refused", since=since), 10_000).records
    counted = Counter((one.actor, one.address) for _position, one in found)
    return [(actor, address, count) for (actor, address), count in counted.most_common(8)]


def retention() -> list[Kept]:
    """How far back the access records and the journal reach, and what is missing of six months."""
    kernel = office().kernel
    facts = [kernel.facts(contract)[:1] for contract in (*kernel.contracts(), INSTALLATION)]
    began = min((one.recorded for found in facts for one in found), default=None)
    oldest = accesses(office()).oldest()
    accessed = None if oldest is None else datetime.fromtimestamp(oldest / 1000, BEIJING)
    return [
        Kept(str(_("Journal")), began, ""),
        Kept(str(_("Access records")), accessed, _gap(began, accessed)),
    ]


def _gap(began: datetime | None, oldest: datetime | None) -> str:
    """What is missing: records must reach back six months, or to the beginning of the installation."""
    if began is None:
        return ""
    due = max(began, office().clock.now() - timedelta(days=KEPT_MONTHS * 31))
    if oldest is None:
        return _("nothing is on record")
    missing = (oldest - due).days
    return _("%(days)s days are missing") % {"days": missing} if missing > 0 else ""
