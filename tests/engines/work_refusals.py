"""What is refused of orders' changes, tickets, score sheets, staff and the archive: line, field, clause, rule."""

from typing import Final

DIGEST: Final = f"sha256:{'ab' * 32}"
NOTE: Final = f"note={DIGEST}"

BEFORE: Final = f"""
2024-04-11 contract.signed
2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01 quantity=10 as user:1
2024-04-13 order.placed order=o2 item=scan-run deliver_by=2024-05-01 approved
2024-04-14 order.cancelled order=o2
2024-04-15 order.change.asked change=c1 order=o1 quantity=20 deliver_by=2024-05-01 as user:1
2024-04-15 order.change.asked change=c2 order=o1 quantity=20 deliver_by=2024-06-01 as user:1
2024-05-01 incident.opened incident=i1 order=o1 severity=1
2024-05-01 incident.opened incident=i2 order=o1 severity=1
2024-05-01 incident.closed incident=i2
2024-05-01 ticket.opened ticket=t1 severity=2 order=o1
2024-05-01 ticket.opened ticket=t2 severity=4
2024-05-01T10:05 ticket.answered ticket=t1 {NOTE}
2024-05-01T10:10 ticket.escalated ticket=t1 clock=response to=engineer
2024-05-02 score.template.set template=monthly pattern=outages title=Monthly
+ criteria='[{{"code":"down","title":"Outages","most":"10","each":"2"}},
+ {{"code":"late","title":"Reports","most":"5","each":"1"}}]'
2024-05-02 score.given score=s1 template=monthly month=2024-04 points=98
+ deductions='[{{"criterion":"down","count":1,"points":"2","evidence":["{DIGEST}"]}}]'
2024-05-02 acceptance.convened milestone=midterm members=m1,m2
2024-05-02 staff.assigned person=p1 post=manager
2024-05-02 paper.sealed paper=work-plan document={DIGEST}
2024-05-02 material.lent item=maps
2024-05-03 hold.placed hold=h1 covers=logs
"""


def scored(criterion: str = "down", count: int = 1, points: str = "2", evidence: str = DIGEST, more: str = "") -> str:
    """The deductions of a sheet with one line, or with `more`."""
    line = f'{{"criterion":"{criterion}","count":{count},"points":"{points}","evidence":["{evidence}"]}}'
    return f"deductions='[{line}{more}]'"


SHEET: Final = "score.given score=s2 template=monthly month=2024-05 points=98"
CHANGE: Final = "order.change.asked change=c9 order=o1 quantity=1 deliver_by=2024-06-01"

REFUSALS: Final = [
    (CHANGE.replace("c9", "c1"), "order.change.asked.change", "C01", "taken already"),
    (CHANGE.replace("o1", "o9"), "order.change.asked.order", "C01", "no order.placed"),
    (CHANGE.replace("o1", "o2"), "order.change.asked.order", "C37", "ended on 2024-04-14"),
    (CHANGE.replace("2024-06-01", "2025-01-01"), "order.change.asked.deliver_by", "C01", "outside the term"),
    (CHANGE.replace("quantity=1", "quantity=0"), "order.change.asked.quantity", "C02", "above 0"),
    (CHANGE.replace("quantity=1", "quantity=541"), "order.change.asked.quantity", "C02", "what is left of os-set: 540"),
    ("order.change.approved change=c9", "order.change.approved.change", "C01", "no order.change.asked"),
    ("order.change.approved change=c1 as user:1", "order.change.approved.actor", "C01", "another person approves"),
    ("order.change.approved change=c2 as user:2", "order.change.approved.change", "C11", "has passed is not moved"),
    ("ticket.opened ticket=t1 severity=1", "ticket.opened.ticket", "C18", "taken already"),
    ("ticket.opened ticket=t9 severity=1 order=o9", "ticket.opened.order", "C18", "no order.placed"),
    (f"ticket.answered ticket=t9 {NOTE}", "ticket.answered.ticket", "C18", "no ticket.opened"),
    (f"ticket.answered ticket=t1 {NOTE}", "ticket.answered.ticket", "C18", "is answered"),
    (f"ticket.commented ticket=t9 {NOTE}", "ticket.commented.ticket", "", "no ticket.opened"),
    ("ticket.handed_over ticket=t9 to=network", "ticket.handed_over.ticket", "", "no ticket.opened"),
    ("ticket.paused ticket=t2", "ticket.paused.ticket", "C18", "follows answered only"),
    ("ticket.continued ticket=t1", "ticket.continued.ticket", "C18", "follows paused only"),
    (f"ticket.resolved ticket=t2 {NOTE}", "ticket.resolved.ticket", "C18", "is opened"),
    ("ticket.reopened ticket=t1", "ticket.reopened.ticket", "C18", "follows resolved only"),
    ("ticket.closed ticket=t1", "ticket.closed.ticket", "C18", "follows resolved only"),
    ("ticket.escalated ticket=t1 clock=response to=engineer", "ticket.escalated.to", "C18", "escalated to engineer"),
    ("ticket.escalated ticket=t9 clock=response to=engineer", "ticket.escalated.ticket", "C18", "no ticket.opened"),
    ("incident.opened incident=i1 order=o1 severity=1", "incident.opened.incident", "C18", "taken already"),
    ("incident.opened incident=i9 order=o9 severity=1", "incident.opened.order", "C18", "no order.placed"),
    ("incident.closed incident=i9", "incident.closed.incident", "C18", "no incident.opened"),
    ("incident.closed incident=i2", "incident.closed.incident", "C18", "closed already"),
    ("incident.noted incident=i9 stage=cause", "incident.noted.incident", "C18", "no incident.opened"),
    ("incident.linked incident=i9 kind=ticket to=t1", "incident.linked.incident", "C18", "no incident.opened"),
    ("incident.linked incident=i1 kind=ticket to=t9", "incident.linked.to", "C18", "no ticket 't9'"),
    ("incident.linked incident=i1 kind=fact to=f999", "incident.linked.to", "C18", "no fact 'f999'"),
    (
        "score.template.set template=x pattern=milestones title=X"
        ' criteria=\'[{"code":"a","title":"A","most":"90","each":"0"}]\'',
        "score.template.set.criteria",
        "C18",
        "100 together, not 90",
    ),
    (
        "score.template.set template=x pattern=outages title=X"
        ' criteria=\'[{"code":"a","title":"A","most":"90","each":"0"}]\'',
        "score.template.set.criteria",
        "C18",
        "no points for one outage",
    ),
    (
        "score.template.set template=x pattern=deductions title=X"
        ' criteria=\'[{"code":"a","title":"A","most":"9","each":"0"},{"code":"a","title":"B","most":"9","each":"0"}]\'',
        "score.template.set.criteria",
        "C18",
        "stands there twice",
    ),
    (f"{SHEET.replace('monthly', 'yearly')} {scored()}", "score.given.template", "C18", "no score template"),
    (f"{SHEET.replace('s2', 's1')} {scored()}", "score.given.score", "C18", "taken already"),
    (f"{SHEET.replace('2024-05', '2025-01')} {scored()}", "score.given.month", "C01", "no month of the term"),
    (f"{SHEET.replace('2024-05', '2024-06')} {scored()}", "score.given.month", "C18", "has not begun on 2024-05-20"),
    (f"{SHEET.replace('2024-05', '2024-04')} {scored()}", "score.given.month", "C18", "scored already by sheet 's1'"),
    (f"{SHEET} {scored('up')}", "score.given.deductions", "C18", "no criterion 'up'; known: down, late"),
    (f"{SHEET} {scored(points='12')}", "score.given.deductions", "C18", "at most 10, not 12"),
    (f"{SHEET} {scored(points='3')}", "score.given.deductions", "C18", "cost 2, not 3"),
    (f"{SHEET} {scored(evidence='f999')}", "score.given.deductions", "C18", "no fact of this contract"),
    (f"{SHEET.replace('98', '97')} {scored()}", "score.given.points", "C18", "comes to 98, not 97"),
    (
        "acceptance.opined milestone=final member=m1 view=agrees",
        "acceptance.opined.milestone",
        "C19",
        "no acceptance.convened",
    ),
    ("acceptance.opined milestone=midterm member=m9 view=agrees", "acceptance.opined.member", "C19", "members: m1, m2"),
    ("staff.assigned person=p2 post=manager", "staff.assigned.replaces", "C21", "p1 is service manager"),
    (
        f"finding.raised finding=g9 order=o9 check=words about=page evidence='[\"{DIGEST}\"]'",
        "finding.raised.order",
        "C37",
        "no order.placed",
    ),
    ("finding.judged finding=g9 state=fixed reason=x", "finding.judged.finding", "C37", "no finding.raised"),
    ("finding.accepted finding=g9 reason=x", "finding.accepted.finding", "C37", "no finding.raised"),
    (f"baseline.set order=o9 structure={DIGEST} picture={DIGEST}", "baseline.set.order", "C37", "no order.placed"),
    ("material.lent item=maps", "material.lent.item", "C27", "lent on 2024-05-02; name what is lent again otherwise"),
    ("material.returned item=keys", "material.returned.item", "C27", "no material.lent"),
    ("hold.placed hold=h1 covers=papers", "hold.placed.hold", "C32", "taken already"),
    ("hold.lifted hold=h9", "hold.lifted.hold", "C32", "no hold.placed"),
    (f"document.destroyed digest={DIGEST}", "document.destroyed.digest", "C38", "a paper is kept until 2039-12-31"),
    (
        f"document.destroyed digest=sha256:{'cd' * 32}",
        "document.destroyed.digest",
        "C38",
        "no fact of this contract names",
    ),
]
