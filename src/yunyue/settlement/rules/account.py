"""八(三): a changed bank or account is notified in writing at least 10 working days before the payment term."""

from collections.abc import Iterator

from yunyue.contract.terms import Instalment
from yunyue.journal.facts import NoticeGiven
from yunyue.settlement.case import Case, Known
from yunyue.settlement.compute import ONE, as_day, minus, negative
from yunyue.settlement.rules.schedule import due_day
from yunyue.settlement.statement import Check, Finding, Said
from yunyue.settlement.working import Op, Working

CLAUSES = ("C09",)


def counts_as_written(case: Case, known: Known[NoticeGiven]) -> bool:
    """Whether a notice starts a contractual clock (reading A17): an in-app message does not."""
    return known.said.channel != "in_app" or case.reading("A17") == "in_app"


def latest_notice_day(case: Case, due: Working) -> Op | None:
    """The last day on which a change of account can still be notified for a payment due that day."""
    count = negative(case.term("account_notice_workdays"))
    if case.reading("A20") == "clear":
        count = minus(count, ONE)
    return case.workdays_after(due, count)


def late_notices(case: Case, instalment: Instalment) -> list[Known[NoticeGiven]]:
    """Changes of account not notified in writing in time for an instalment: the client is then not late for it.

    The subject of a notice names the change; an early message in the console followed by a timely letter is in time.
    """
    key = ("late notices", instalment.number)
    return case.remember(key, lambda c: _late_notices(c, instalment))  # type: ignore[no-any-return]  # memory of any


def _late_notices(case: Case, instalment: Instalment) -> list[Known[NoticeGiven]]:
    due = due_day(case, instalment)
    last = latest_notice_day(case, due) if due is not None else None
    if due is None or last is None:
        return []
    notices = [k for k in case.all(NoticeGiven) if k.said.about == "account" and k.said.by == "provider"]
    in_time = {k.said.subject for k in notices if k.day <= as_day(last) and counts_as_written(case, k)}
    return [known for known in notices if known.day <= as_day(due) and known.said.subject not in in_time]


def apply(case: Case) -> Iterator[Finding]:
    """Per instalment: the last day for a notice, and notices that came too late."""
    for instalment in case.terms.instalments:
        due = due_day(case, instalment)
        last = latest_notice_day(case, due) if due is not None else None
        if last is None:
            continue
        late = late_notices(case, instalment)
        zh = f"最迟 {last.value} 书面通知。" + (
            "".join(f"{k.day} 的通知不合期限或形式，甲方不因此逾期。" for k in late)
        )
        en = f"In writing by {last.value}." + "".join(
            f" The notice of {k.day} was not in time or not in writing." for k in late
        )
        yield Check(
            f"account-{instalment.number}",
            "C09",
            Said(
                f"第 {instalment.number} 期：变更收款账户的通知", f"Instalment {instalment.number}: change of account"
            ),
            "broken" if late else "holds",
            Said(zh, en),
            ("A17", "A20"),
            tuple(known.id for known in late),
        )
