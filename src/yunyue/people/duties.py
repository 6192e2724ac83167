"""Which role may record which kind of fact, and which kinds need a second person: one table, deny first.

A kind that is not in the table, or has no maker, is nobody's to record by hand. The service manager checks nothing
and approves nothing; raw measurements are written by the platform alone, so neither side can shape them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from yunyue.journal import facts
from yunyue.journal.facts import Party, Payload
from yunyue.settlement.statement import Said

Role = Literal[
    "client_manager",
    "client_approver",
    "tenant_user",
    "service_manager",
    "engineer",
    "system_administrator",
    "security_administrator",
    "audit_administrator",
    "third_party",
]
Through = Literal["record", "orders", "tickets", "proposals", "accounts", "comments", "platform"]

MANAGER: Final = "client_manager"
APPROVER: Final = "client_approver"
PROVIDER: Final = "service_manager"
ENGINEER: Final = "engineer"
BOTH: Final = (MANAGER, PROVIDER)
CLIENT: Final = (MANAGER, APPROVER)
ASKERS: Final = (MANAGER, "tenant_user")
HELPERS: Final = (ENGINEER, PROVIDER)

SIDES: Final[Mapping[str, Party]] = {
    MANAGER: "client",
    APPROVER: "client",
    "tenant_user": "client",
    PROVIDER: "provider",
    ENGINEER: "provider",
}
"""Whose words a role's facts are. The other roles belong to no side and record nothing under a contract."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who may record a kind; with `checkers` it is only proposed, and counts once one of these, another person, agrees.

    `through` is the way in: a kind that does not come through "record" has a page, or a program, of its own.
    `answers`: it replies to a fact of one of these types, made by another person.
    """

    makers: frozenset[str]
    checkers: frozenset[str]
    why: Said
    through: Through = "record"
    answers: tuple[str, ...] = ()


def _duty(
    makers: tuple[str, ...],
    zh: str,
    en: str,
    *,
    checked: tuple[str, ...] = (),
    through: Through = "record",
    answers: tuple[str, ...] = (),
) -> Duty:
    return Duty(frozenset(makers), frozenset(checked), Said(zh, en), through, answers)


_PLATFORM = _duty((), "由平台写入，任何一方不得手工录入", "written by the platform, by no side", through="platform")
_BOTH = _duty(BOTH, "双方均可录入并附书面材料", "either side records it, with the paper")
_PROVIDER = _duty((PROVIDER,), "乙方义务，由服务经理录入", "the provider's duty, recorded by its service manager")
_OPERATES = _duty((ENGINEER, PROVIDER), "由运维人员如实记录", "recorded by who operates the service")
_CLIENT = _duty(CLIENT, "甲方权利，由甲方录入", "the client's right, recorded by the client")
_ACCOUNT = _duty(
    ("system_administrator",),
    "系统管理员开立，安全管理员批准",
    "opened by the system administrator, approved by the security administrator",
    checked=("security_administrator",),
    through="accounts",
)
_HELPS = _duty(HELPERS, "由处理工单的人录入", "recorded by who works on it", through="tickets")
_TWO = "须由另一人审批", "another person agrees"
_REPLY = "对他人所提事项的答复", "the answer to what another person brought forward"


def _checked(*makers: str, by: tuple[str, ...] = (APPROVER,)) -> Duty:
    return _duty(makers, *_TWO, checked=by)


DUTIES: Final[Mapping[type[Payload], Duty]] = {
    facts.ContractRegistered: _PLATFORM,
    facts.ContractSigned: _duty(BOTH, "各方录入己方的签字盖章", "each side records its own signature and seal"),
    facts.ContractSupplemented: _checked(*BOTH),
    facts.AnnexAttached: _BOTH,
    facts.CopiesExchanged: _BOTH,
    facts.SpecificationCited: _BOTH,
    facts.NoticeGiven: _duty(BOTH, "各方录入己方发出的通知", "each side records the notices it gave"),
    facts.BreachConfirmed: _checked(*BOTH),
    facts.BreachCured: _checked(*BOTH),
    facts.ClaimRaised: _duty(BOTH, "各方录入己方的主张", "each side records its own claims"),
    facts.DisputeMoved: _BOTH,
    facts.ContractTerminated: _duty((APPROVER, PROVIDER), "由有权一方录入", "recorded by the side whose right it is"),
    facts.FactCorrected: _checked(*BOTH),
    facts.OrderPlaced: _duty((MANAGER, "tenant_user"), "由甲方下单", "the client orders", through="orders"),
    facts.OrderApproved: _duty((APPROVER,), *_REPLY, through="orders", answers=("order.placed",)),
    facts.OrderChangeAsked: _duty((MANAGER, "tenant_user"), "由甲方申请变更", "the client asks", through="orders"),
    facts.OrderChangeApproved: _duty((APPROVER,), *_REPLY, through="orders", answers=("order.change.asked",)),
    facts.OrderCancelled: _duty((MANAGER,), "由甲方取消", "the client cancels", through="orders"),
    facts.ServiceDelivered: _checked(PROVIDER, by=CLIENT),
    facts.ServiceSuspended: _OPERATES,
    facts.ServiceResumed: _OPERATES,
    facts.ServiceRetired: _checked(PROVIDER, by=CLIENT),
    facts.UsageMetered: _PLATFORM,
    facts.AcceptanceConvened: _duty((MANAGER,), "由甲方组织验收", "the client organises it"),
    facts.AcceptanceOpined: _duty(CLIENT, "录入成员签字的意见", "a member's signed opinion"),
    facts.AcceptanceHeld: _checked(MANAGER),
    facts.ReworkRefused: _PROVIDER,
    facts.RectificationOrdered: _duty((MANAGER,), "甲方管理员下达整改", "the client manager orders rework"),
    facts.RectificationReported: _PROVIDER,
    facts.RectificationReviewed: _duty(CLIENT, *_REPLY, answers=("rectification.reported",)),
    facts.ResultsHandedOver: _checked(PROVIDER, by=CLIENT),
    facts.MaterialLent: _CLIENT,
    facts.MaterialReturned: _CLIENT,
    facts.ProgressConfirmed: _checked(MANAGER),
    facts.FundsArrived: _duty((APPROVER,), "由甲方审批人录入", "recorded by the client approver"),
    facts.InvoiceReceived: _CLIENT,
    facts.PaymentMade: _checked(MANAGER),
    facts.SumSettled: _checked(MANAGER),
    facts.StaffProposed: _PROVIDER,
    facts.StaffChecked: _duty((MANAGER,), "由人核对材料，系统不作判断", "a person checks the documents, no program"),
    facts.StaffWaived: _checked(MANAGER),
    facts.StaffConsented: _duty(CLIENT, *_REPLY, answers=("staff.proposed", "leaving.reported")),
    facts.StaffAssigned: _duty((PROVIDER,), "甲方同意在先", "after the client's consent", answers=("staff.consented",)),
    facts.StaffRejected: _CLIENT,
    facts.LeavingReported: _PROVIDER,
    facts.StaffLeft: _duty((PROVIDER,), "甲方同意在先", "after the client's consent", answers=("staff.consented",)),
    facts.StaffFileConsulted: _CLIENT,
    facts.TrainingHeld: _PROVIDER,
    facts.ConfidentialitySigned: _PROVIDER,
    facts.SegmentSealed: _PLATFORM,
    facts.UseLogHead: _PLATFORM,
    facts.ProviderDisabled: _PLATFORM,
    facts.ProviderRestored: _PLATFORM,
    facts.SampleWindow: _PLATFORM,
    facts.IncidentOpened: _duty((ENGINEER, PROVIDER, MANAGER), "双方均可报告故障", "either side reports an incident"),
    facts.IncidentNoted: _OPERATES,
    facts.IncidentLinked: _OPERATES,
    facts.IncidentClosed: _OPERATES,
    facts.ExclusionRequested: _duty(BOTH, "双方均可申请", "either side asks"),
    facts.ExclusionApproved: _duty((APPROVER,), *_REPLY, answers=("exclusion.requested",)),
    facts.VerdictReached: _PLATFORM,
    facts.CompensationDecided: _checked(MANAGER),
    facts.MajeureBegan: _BOTH,
    facts.MajeureCertified: _BOTH,
    facts.MajeureEnded: _BOTH,
    facts.FindingRaised: _PLATFORM,
    facts.FindingJudged: _duty((ENGINEER, PROVIDER, MANAGER), "双方均可研判", "either side judges a finding"),
    facts.FindingAccepted: _duty((APPROVER,), "风险由甲方承担", "the client takes the risk"),
    facts.BaselineSet: _checked(PROVIDER, by=CLIENT),
    facts.OwnershipProven: _PLATFORM,
    facts.OwnershipGranted: _checked(PROVIDER, by=CLIENT),
    facts.ResponseAgreed: _checked(*BOTH),
    facts.TicketOpened: _duty(
        ASKERS, "甲方与使用部门均可提交", "the client and its departments ask", through="tickets"
    ),
    facts.TicketAnswered: _HELPS,
    facts.TicketCommented: _duty((*ASKERS, *HELPERS), "双方均可留言", "either side writes", through="tickets"),
    facts.TicketHandedOver: _HELPS,
    facts.TicketPaused: _HELPS,
    facts.TicketContinued: _duty((*ASKERS, *HELPERS), "答复后继续", "goes on once answered", through="tickets"),
    facts.TicketResolved: _HELPS,
    facts.TicketReopened: _duty(ASKERS, *_REPLY, through="tickets", answers=("ticket.resolved",)),
    facts.TicketClosed: _duty(ASKERS, *_REPLY, through="tickets", answers=("ticket.resolved",)),
    facts.TicketEscalated: _PLATFORM,
    facts.ScoreTemplateSet: _checked(MANAGER),
    facts.ScoreGiven: _checked(MANAGER),
    facts.PaperSealed: _BOTH,
    facts.HoldPlaced: _CLIENT,
    facts.HoldLifted: _checked(MANAGER),
    facts.DocumentDestroyed: _checked(MANAGER),
    facts.ProposalMade: _duty((MANAGER, PROVIDER), "提请审批", "asks for a decision", through="proposals"),
    facts.ProposalApproved: _duty(CLIENT, *_REPLY, through="proposals", answers=("proposal.made",)),
    facts.ProposalRejected: _duty((*CLIENT, PROVIDER), *_REPLY, through="proposals", answers=("proposal.made",)),
    facts.AccountOpened: _ACCOUNT,
    facts.AccountApproved: _ACCOUNT,
    facts.AccountDisabled: _ACCOUNT,
    facts.PasswordReset: _ACCOUNT,
    facts.AccountChanged: _duty(
        (), "随账号变更自动写入", "written as the account changes, by no hand", through="accounts"
    ),
    facts.EvidenceCommented: _duty(
        ("third_party",), "第三方对证据发表意见", "a third party comments on evidence", through="comments"
    ),
}
"""Every kind of fact. A test demands that none is missing."""

RECORDERS: Final = frozenset(role for duty in DUTIES.values() if duty.through == "record" for role in duty.makers)
"""Who may record something at all."""

CHECKERS: Final = frozenset(role for duty in DUTIES.values() if duty.through == "record" for role in duty.checkers)
"""Who may decide on some proposal."""


def may_record(role: str, kind: type[Payload]) -> bool:
    """Whether a role may record, or propose, a kind by hand."""
    duty = DUTIES.get(kind)
    return duty is not None and duty.through == "record" and role in duty.makers


def may_through(role: str, kind: type[Payload], through: Through) -> bool:
    """Whether a role says a kind of fact through a way of its own, such as the pages of tickets."""
    duty = DUTIES.get(kind)
    return duty is not None and duty.through == through and role in duty.makers


def may_decide(role: str, kind: type[Payload]) -> bool:
    """Whether a role may agree to a proposed fact of a kind."""
    duty = DUTIES.get(kind)
    return duty is not None and duty.through == "record" and role in duty.checkers


def needs_another(kind: type[Payload]) -> bool:
    """Whether a kind waits for a second person before it counts."""
    duty = DUTIES.get(kind)
    return duty is None or bool(duty.checkers)


def recordable(role: str) -> tuple[type[Payload], ...]:
    """The kinds a role may record, in the order of the papers."""
    return tuple(kind for kind in facts.KINDS if may_record(role, kind))
