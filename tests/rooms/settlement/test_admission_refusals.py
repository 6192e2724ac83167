"""What is refused, for every rule of admission: the field, the clause, and words that name the rule."""

from datetime import timedelta

import pytest
import work_refusals

from story import TERMS, Story, facts_of, tell
from yunyue.answer import Refused
from yunyue.journal.facts import KINDS
from yunyue.settlement.admission import RULES, Known, admit, admit_all

BEFORE = """
2024-04-11 contract.signed id=signed
2024-04-12 order.placed id=order order=o1 item=os-set deliver_by=2024-05-01 as user:1
2024-04-12 breach.confirmed breach=b1 by=provider
2024-05-01 majeure.began id=flood event=flood
2024-05-01 majeure.began id=quake event=quake
2024-05-02 rectification.ordered notice=n1 deadline=2024-06-01
2024-05-02 exclusion.requested exclusion=x1 objective=monitor-availability start=2024-05-01T00:00:00+08:00
+ end=2024-05-01T01:00:00+08:00 ground=maintenance as user:1
2024-05-03 contract.supplemented id=supplement supplement=s1 readings.A8=capped penalties.daily_cap=0.01
2024-05-10 payment.made id=paid instalment=1 amount=958397.20
2024-05-10 payment.made id=gone instalment=2 amount=5.00
2024-05-11 fact.corrected id=correction corrects=gone
2024-05-11 invoice.received instalment=1 amount=900000.00
2024-05-11 proposal.made proposal=p1 kind=funds.arrived content=sha256:{digest} at=2024-05-10T10:00:00+08:00 as user:1
2024-05-11 proposal.made proposal=p2 kind=funds.arrived content=sha256:{digest} at=2024-05-10T10:00:00+08:00 as user:1
2024-05-11 proposal.rejected proposal=p2 reason=no
""".format(digest="ab" * 32)
STORY = tell(BEFORE)

DIGEST = f"sha256:{'ab' * 32}"
WINDOW = f"sample.window start=2024-05-10T00:00:00+08:00 end=2024-05-11T00:00:00+08:00 segments=sha256:{'ab' * 32}"
USAGE = "usage.metered meter=m quantity=1 end=2024-05-11T00:00:00+08:00"
REFUSALS = [
    # what is recorded, the field, the clause, the rule
    ("contract.signed party=client", "contract.signed.party", "C33", "signed already"),
    ("contract.supplemented supplement=s1 term.end=2025-01-31", "contract.supplemented.supplement", "C34", "taken"),
    ("contract.supplemented supplement=s2 term.ending=x", "contract.supplemented.term.ending", "C34", "ending"),
    ("contract.supplemented supplement=s2 term.end=soon", "contract.supplemented.term.end", "C34", "must be a day"),
    (
        "contract.supplemented supplement=s2 price.total=1.00",
        "contract.supplemented.price.words",
        "C02",
        "the words say",
    ),
    ("contract.supplemented supplement=s2 instalments.1.share=0.6", "contract.supplemented.instalments", "C06", "sum"),
    ("fact.corrected corrects=nothing", "fact.corrected.corrects", "", "no fact 'nothing'"),
    ("fact.corrected corrects=gone", "fact.corrected.corrects", "", "corrected already"),
    ("fact.corrected corrects=paid replacement=nothing", "fact.corrected.replacement", "", "'nothing'"),
    ("fact.corrected corrects=paid replacement=gone", "fact.corrected.replacement", "", "that counts"),
    ("fact.corrected corrects=paid replacement=order", "fact.corrected.replacement", "", "another payment.made"),
    ("fact.corrected corrects=paid replacement=paid", "fact.corrected.replacement", "", "another payment.made"),
    ("breach.confirmed breach=b1 by=client", "breach.confirmed.breach", "C15", "taken already"),
    ("breach.cured breach=b2", "breach.cured.breach", "C15", "no breach.confirmed"),
    ("contract.terminated by=provider ground=C12", "contract.terminated.by", "C12", "to the client"),
    ("contract.terminated by=provider ground=C14", "contract.terminated.by", "C14", "to the client"),
    ("contract.terminated by=client ground=C16", "contract.terminated.by", "C16", "to the provider"),
    ("majeure.began event=flood", "majeure.began.event", "C28", "taken already"),
    ("majeure.certified event=storm", "majeure.certified.event", "C28", "no majeure.began"),
    ("majeure.ended event=storm", "majeure.ended.event", "C29", "no majeure.began"),
    ("staff.waived person=p1 condition=1", "staff.waived.condition", "C20", "cannot be waived"),
    (
        "exclusion.requested exclusion=x2 objective=none start=2024-05-01T00:00:00+08:00"
        " end=2024-05-01T01:00:00+08:00 ground=maintenance",
        "exclusion.requested.objective",
        "C18",
        "no objective 'none'",
    ),
    (
        "exclusion.requested exclusion=x1 objective=monitor-availability start=2024-05-01T00:00:00+08:00"
        " end=2024-05-01T01:00:00+08:00 ground=maintenance",
        "exclusion.requested.exclusion",
        "C18",
        "taken already",
    ),
    ("exclusion.approved exclusion=x2", "exclusion.approved.exclusion", "C18", "no exclusion.requested"),
    ("exclusion.approved exclusion=x1 as user:1", "exclusion.approved.actor", "C18", "another person approves"),
    (
        "verdict.reached objective=none month=2024-05 measured=99 service=os method=M1 target=99.9 met=false",
        "verdict.reached.objective",
        "C18",
        "no objective 'none'",
    ),
    (
        "verdict.reached objective=os-repository month=2024-05 measured=99 service=scan",
        "verdict.reached.service",
        "C18",
        "belongs to 'os'",
    ),
    (
        "compensation.decided objective=none month=2024-05 decision=waived amount=0.00",
        "compensation.decided.objective",
        "C18",
        "no objective 'none'",
    ),
    (
        "compensation.decided objective=os-repository month=2024-05 decision=waived amount=1.00",
        "compensation.decided.amount",
        "C18",
        "a waived compensation is 0.00",
    ),
    (
        "compensation.decided objective=os-repository month=2024-05 decision=amended amount=-1.00",
        "compensation.decided.amount",
        "C18",
        "not below",
    ),
    ("order.placed order=o2 item=gold deliver_by=2024-06-01 service=os", "order.placed.item", "C37", "known: os-set"),
    (
        "order.placed order=o2 item=os-set service=scan deliver_by=2024-06-01",
        "order.placed.service",
        "C37",
        "belongs to service 'os'",
    ),
    ("order.placed order=o1 item=os-set deliver_by=2024-06-01", "order.placed.order", "C01", "taken already"),
    ("order.placed order=o2 item=os-set deliver_by=2024-04-10", "order.placed.deliver_by", "C01", "outside the term"),
    ("order.placed order=o2 item=os-set deliver_by=2025-01-20", "order.placed.deliver_by", "C01", "to 2025-01-19"),
    ("order.placed order=o2 item=os-set deliver_by=2024-06-01 quantity=0", "order.placed.quantity", "C02", "above 0"),
    (
        "order.placed order=o2 item=scan-run deliver_by=2024-06-01 quantity=224.5",
        "order.placed.quantity",
        "C02",
        "exceeds what is left of scan-run: 224",
    ),
    (
        f"proposal.made proposal=p3 kind=gold content={DIGEST} at=2024-05-10T10:00:00+08:00",
        "proposal.made.kind",
        "",
        "no fact",
    ),
    (
        f"proposal.made proposal=p3 kind=payment.made content={DIGEST} at=2025-05-10T10:00:00+08:00",
        "proposal.made.at",
        "",
        "has not come yet",
    ),
    (
        f"proposal.made proposal=p1 kind=payment.made content={DIGEST} at=2024-05-10T10:00:00+08:00",
        "proposal.made.proposal",
        "",
        "taken already",
    ),
    ("proposal.approved proposal=p9 fact=f9", "proposal.approved.proposal", "", "no proposal.made"),
    ("proposal.approved proposal=p1 fact=f9 as user:1", "proposal.approved.actor", "", "another person approves"),
    ("proposal.approved proposal=p2 fact=f9 as user:2", "proposal.approved.proposal", "", "decided already"),
    ("proposal.approved proposal=p1 fact=f9 as user:2", "proposal.approved.fact", "", "comes along"),
    ("proposal.approved proposal=p1 fact=paid as user:2", "proposal.approved.fact", "", "comes along"),
    ("proposal.rejected proposal=p9", "proposal.rejected.proposal", "", "no proposal.made"),
    ("proposal.rejected proposal=p2", "proposal.rejected.proposal", "", "decided already"),
    ("order.approved order=o9", "order.approved.order", "", "no order.placed"),
    ("order.approved order=o1 as user:1", "order.approved.actor", "", "another person approves"),
    ("order.cancelled order=o9", "order.cancelled.order", "", "no order.placed"),
    ("service.delivered order=o9", "service.delivered.order", "C11", "no order.placed"),
    ("service.suspended order=o1 ground=nonpayment", "service.suspended.ground", "C10", "no ground"),
    ("service.suspended order=o9 ground=maintenance", "service.suspended.order", "C10", "no order.placed"),
    ("service.resumed order=o9", "service.resumed.order", "", "no order.placed"),
    ("service.retired order=o9", "service.retired.order", "", "no order.placed"),
    (
        "rectification.ordered notice=n2 deadline=2024-05-20",
        "rectification.ordered.deadline",
        "C13",
        "not after the notice",
    ),
    ("rectification.ordered notice=n1 deadline=2024-06-20", "rectification.ordered.notice", "C13", "taken already"),
    ("rectification.reported notice=n9", "rectification.reported.notice", "C13", "no rectification.ordered"),
    (
        "rectification.reviewed notice=n9 result=passed",
        "rectification.reviewed.notice",
        "C13",
        "no rectification.ordered",
    ),
    ("funds.arrived instalment=4", "funds.arrived.instalment", "C06", "known: 1, 2, 3"),
    ("progress.confirmed instalment=4", "progress.confirmed.instalment", "C06", "known: 1, 2, 3"),
    ("invoice.received instalment=4 amount=1.00", "invoice.received.instalment", "C06", "known: 1, 2, 3"),
    (
        "invoice.received instalment=1 amount=58397.21",
        "invoice.received.amount",
        "C02",
        "left of instalment 1: 58,397.20",
    ),
    ("payment.made instalment=1 amount=0.01", "payment.made.amount", "C02", "left of instalment 1: 0.00"),
    ("payment.made instalment=2 amount=575038.33", "payment.made.amount", "C02", "left of instalment 2: 575,038.32"),
    ("payment.made instalment=2 amount=0.00", "payment.made.amount", "C03", "above 0.00"),
    ("payment.made instalment=2 amount=-5.00", "payment.made.amount", "C03", "above 0.00"),
    ("sum.settled line=late-delivery payer=provider amount=0.00", "sum.settled.amount", "", "above 0.00"),
    (
        f"{WINDOW} order=o1 objective=nothing total=9 good=9 bad_minutes=0",
        "sample.window.objective",
        "C18",
        "no objective",
    ),
    (
        f"{WINDOW} order=o1 objective=monitor-availability total=9 good=10 bad_minutes=0",
        "sample.window.good",
        "C18",
        "10 good of 9",
    ),
    (
        f"{WINDOW} order=o1 objective=monitor-availability total=9 good=9 bad_minutes=1441",
        "sample.window.bad_minutes",
        "C18",
        "1441 bad minutes",
    ),
    (
        f"{WINDOW} order=o9 objective=monitor-availability total=9 good=9 bad_minutes=0",
        "sample.window.order",
        "C18",
        "no order",
    ),
    (f"{USAGE} order=o9 start=2024-05-01T00:00:00+08:00", "usage.metered.order", "", "no order.placed"),
    (f"{USAGE} order=o1 start=2023-05-01T00:00:00+08:00", "usage.metered.start", "C01", "before the contract"),
]


def known_of(story: Story) -> Known:
    return Known.of(story.terms, story.facts)


def refusal(line: str, story: Story = STORY) -> Refused | None:
    """What admission says of a fact on 20 May 2024."""
    (fact,) = facts_of(f"2024-05-20 {line} id=new", story.terms, 0)
    return admit(known_of(story), fact, fact.time)


@pytest.mark.parametrize(("line", "field", "clause", "words"), REFUSALS)
def test_it_is_refused_by_field_and_clause(line: str, field: str, clause: str, words: str) -> None:
    refused = refusal(line)
    assert isinstance(refused, Refused), "it was admitted"
    assert (refused.field, refused.clause) == (field, clause)
    assert words in refused.reason


def test_every_rule_has_a_refusal_here() -> None:
    tested = {line.split(" ", 1)[0] for line, *_ in (*REFUSALS, *work_refusals.REFUSALS)} | {"acceptance.held"}
    assert {kind.type for kind in RULES} == tested


def test_a_side_does_not_sign_in_the_future_of_the_fact() -> None:
    refused = refusal("contract.signed party=client sealed=2024-05-21", tell(""))
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("contract.signed.signed", "C33")


def test_nothing_is_accepted_before_the_contract_is_in_force() -> None:
    refused = refusal(
        "acceptance.held milestone=midterm result=passed", tell("2024-04-11 contract.signed party=client")
    )
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("acceptance.held", "C33")
    assert refusal("acceptance.held milestone=midterm result=passed") is None


@pytest.mark.parametrize(
    ("line", "day"),
    [("payment.made instalment=1 amount=1.00", "1990-05-01"), ("majeure.began event=e about=x", "1990-05-01"),
     ("training.held kind=skills persons=p", "0001-01-01"), ("funds.arrived instalment=1", "2024-04-10")],
)  # fmt: skip
def test_nothing_happened_under_a_contract_before_it_began(line: str, day: str) -> None:
    (fact,) = facts_of(f"{day} {line} id=early", TERMS, 0)
    refused = admit(Known(TERMS), fact, fact.time)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("time", "C01")
    assert "2024-04-11" in refused.reason


def test_people_and_papers_are_made_ready_up_to_a_year_before() -> None:
    for day, early in (("2023-04-11", False), ("2023-04-10", True)):
        (fact,) = facts_of(f"{day} training.held kind=skills persons=p id=early", TERMS, 0)
        assert isinstance(admit(Known(TERMS), fact, fact.time), Refused) is early


def test_what_answers_a_fact_does_not_come_before_it() -> None:
    (fact,) = facts_of("2024-04-11 service.delivered order=o1 id=early", TERMS, 0)
    refused = admit(known_of(STORY), fact, fact.time)
    assert isinstance(refused, Refused)
    assert refused.field == "service.delivered.time"


@pytest.mark.parametrize("kind", ["certified", "ended"])
def test_what_follows_an_event_does_not_lie_before_it(kind: str) -> None:
    (fact,) = facts_of(f"2024-04-30 majeure.{kind} event=flood", TERMS, 0)
    refused = admit(known_of(STORY), fact, fact.time)
    assert isinstance(refused, Refused)
    assert refused.field == f"majeure.{kind}.time"


def test_rework_is_not_reported_before_it_was_ordered() -> None:
    (fact,) = facts_of("2024-05-01 rectification.reported notice=n1", TERMS, 0)
    refused = admit(known_of(STORY), fact, fact.time)
    assert isinstance(refused, Refused)
    assert (refused.field, refused.clause) == ("rectification.reported.time", "C13")


def test_nothing_is_recorded_before_it_has_happened() -> None:
    (fact,) = facts_of("2024-05-20 funds.arrived instalment=1", TERMS, 0)
    refused = admit(known_of(STORY), fact, fact.time - timedelta(seconds=1))
    assert isinstance(refused, Refused)
    assert refused.field == "time"
    assert admit(known_of(STORY), fact, fact.time) is None


def test_the_registration_of_the_terms_cannot_be_corrected() -> None:
    digest = "sha256:" + "1" * 64
    story = tell(f"2024-04-11 contract.registered id=registered terms={digest} calendar={digest}")
    refused = refusal("fact.corrected corrects=registered", story)
    assert isinstance(refused, Refused)
    assert refused.clause == "C34"


ADMITTED = [
    "order.placed order=o2 item=scan-run deliver_by=2024-12-31 quantity=224",
    "order.placed order=o2 item=scan-run deliver_by=2024-05-20 quantity=0.5",
    "order.approved order=o1 as user:2",
    "exclusion.approved exclusion=x1 as user:2",
    "staff.waived person=p1 condition=3",
    "payment.made instalment=2 amount=575038.32",
    "invoice.received instalment=1 amount=58397.20",
    "service.suspended order=o1 ground=security",
    "breach.cured breach=b1",
    "rectification.ordered notice=n2 deadline=2024-05-21",
    "contract.terminated by=client ground=C12",
    "fact.corrected corrects=correction",
    "fact.corrected corrects=flood replacement=quake",
]


@pytest.mark.parametrize("line", ADMITTED)
def test_what_fits_is_admitted(line: str) -> None:
    assert refusal(line) is None


def test_no_amount_of_money_enters_without_a_rule_but_that_of_a_claim() -> None:
    free = [kind for kind in KINDS if kind not in RULES and "amount" in kind.__struct_fields__]
    assert [kind.type for kind in free] == ["claim.raised"], "a claim is never computed with"


def test_a_replacement_may_come_along_in_the_same_batch() -> None:
    wrong, right = facts_of("2024-05-20 fact.corrected corrects=paid replacement=right", TERMS, 50) + facts_of(
        "2024-05-20 payment.made id=right instalment=1 amount=958000.00", TERMS, 51
    )
    assert admit_all(known_of(STORY), [wrong, right], right.time) is None
    refused = admit_all(known_of(STORY), [right, wrong], right.time)
    assert isinstance(refused, Refused)
    assert refused.field == "payment.made.amount"


def test_a_batch_counts_the_facts_before_each() -> None:
    first = facts_of("2024-05-20 payment.made id=a instalment=2 amount=575000.00", TERMS, 50)
    second = facts_of("2024-05-20 payment.made id=b instalment=2 amount=38.33", TERMS, 51)
    known = known_of(STORY)
    refused = admit_all(known, first + second, first[0].time)
    assert isinstance(refused, Refused)
    assert "38.32" in refused.reason
    assert not known.has("a"), "trying a batch leaves nothing behind"


def test_a_repeated_fact_in_a_batch_counts_once() -> None:
    again = next(one.fact for one in STORY.facts if one.fact.id == "paid")
    more = facts_of("2024-05-20 payment.made id=b instalment=2 amount=575038.32", TERMS, 51)
    assert admit_all(known_of(STORY), [again, again, *more, *more], more[0].time) is None


def test_a_corrected_payment_brought_back_counts_against_the_instalment_again() -> None:
    story = tell(BEFORE + "2024-05-12 fact.corrected corrects=correction")
    refused = refusal("payment.made instalment=2 amount=575038.32", story)
    assert isinstance(refused, Refused)
    assert "575,033.32" in refused.reason


def test_a_cancelled_order_gives_its_quantity_back() -> None:
    story = tell("""
    2024-04-12 order.placed order=o1 item=scan-run deliver_by=2024-05-01 quantity=224
    2024-04-13 order.cancelled order=o1
    """)
    assert refusal("order.placed order=o2 item=scan-run deliver_by=2024-06-01 quantity=224", story) is None
