"""The contract year with what its daily work brings: a changed and ended order, a scored month, a told incident."""

from functools import cache

from paper_year import YEAR, Told, source_of

from yunyue.papers.source import Source

CRITERIA = [
    {"code": "down", "title": "服务中断", "most": "20", "each": "5"},
    {"code": "late", "title": "报告迟交", "most": "10", "each": "1"},
]
LOST = [{"criterion": "down", "count": 1, "points": "5", "evidence": ["inc-1"]}]

WORK: tuple[Told, ...] = (
    (
        "2024-04-14",
        "chg-1",
        "order.change.asked",
        {"change": "c-1", "order": "os-1", "quantity": "3", "deliver_by": "2024-05-10", "reason": "增加主机"},
    ),
    ("2024-04-15", "chg-1a", "order.change.approved", {"change": "c-1"}),
    (
        "2024-04-16",
        "chg-2",
        "order.change.asked",
        {"change": "c-2", "order": "os-1", "quantity": "4", "deliver_by": "2024-05-10", "reason": "再增加"},
    ),
    ("2024-05-14T09:10", "inc-1n", "incident.noted", {"incident": "i-1", "stage": "located", "about": "机房市电中断"}),
    ("2024-05-14T09:20", "tic-1", "ticket.opened", {"ticket": "t-1", "severity": 1, "about": "无法访问", "tenant": "t1",
                                                    "order": "mon-1"}),
    ("2024-05-14T09:25", "inc-1l", "incident.linked", {"incident": "i-1", "kind": "ticket", "to": "t-1"}),
    ("2024-06-01", "tpl-1", "score.template.set",
     {"template": "monthly", "pattern": "outages", "title": "月度考核", "criteria": CRITERIA}),
    ("2024-06-05", "sco-1", "score.given",
     {"score": "s-1", "template": "monthly", "month": "2024-05", "service": None, "deductions": LOST, "points": "95"}),
    ("2024-10-01", "ret-os", "service.retired", {"order": "os-1"}),
    ("2024-10-01T10:01", "can-os", "order.cancelled", {"order": "os-1", "reason": "机房搬迁"}),
)  # fmt: skip


@cache
def worked(as_of: str = "2024-10-15") -> Source:
    """The year with its work, as it stood on a day."""
    return source_of((*YEAR, *WORK), as_of)
