"""The clauses of the contract that a rule, a check or a fact rests on: C01 to C38, each in our own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["amount", "ratio", "deadline", "condition", "notice", "staff"]

_KINDS: Mapping[str, Kind] = {
    "A": "amount",
    "R": "ratio",
    "D": "deadline",
    "C": "condition",
    "N": "notice",
    "S": "staff",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its id, where it stands in the contract ("八(一)"), what it is about, and what it asks.

    `not_computed` is empty for a clause that settlement computes; else it says why it does not.
    """

    id: str
    reference: str
    kinds: tuple[Kind, ...]
    zh: str
    en: str
    rule_zh: str
    rule_en: str
    not_computed: str = ""

    @property
    def computable(self) -> bool:
        """Whether settlement has a rule for it."""
        return not self.not_computed


def _clause(identifier: str, reference: str, kinds: str, *words: str) -> Clause:
    return Clause(identifier, reference, tuple(_KINDS[letter] for letter in kinds), *words)


CLAUSES: tuple[Clause, ...] = (
    _clause(
        *("C01", "七", "D", "服务期限", "Term"),
        "服务期自首日至末日，两端均计入，以北京时间为准。",
        "Services run from the first to the last day, both included, in Beijing time.",
    ),
    _clause(
        *("C02", "八(一)", "A", "合同总金额", "Total"),
        "总金额为全包价，此外不再支付任何费用。",
        "The total is all-in; nothing else is payable.",
    ),
    _clause(
        *("C03", "八(二)", "AD", "第一笔款", "First instalment"),
        "签订后30个工作日内支付总金额的50%。",
        "50 % of the total within 30 working days of signing.",
    ),
    _clause(
        *("C04", "八(二)", "ADC", "第二笔款", "Second instalment"),
        "中期验收合格后10个工作日内支付总金额的30%。",
        "30 % of the total within 10 working days of the mid-term acceptance being passed.",
    ),
    _clause(
        *("C05", "八(二)", "ADC", "第三笔款", "Third instalment"),
        "全部服务交付且最终验收合格后10个工作日内支付总金额的20%。",
        "20 % of the total within 10 working days of final acceptance, once all services are delivered.",
    ),
    _clause(
        *("C06", "八(二)", "R", "付款比例", "Shares"),
        "各期比例之和为1，各期金额之和等于总金额。",
        "The shares sum to 1 and the instalments to the total.",
    ),
    _clause(
        *("C07", "八(三)", "C", "财政资金到位", "Funds arrived"),
        "进度达成且财政资金到位后方可支付。",
        "Payable only once the progress is made and the fiscal funds have arrived.",
    ),
    _clause(
        *("C08", "八(三)", "C", "有效发票", "Valid invoice"),
        "付款以收到合格发票为前提。",
        "Payable only against a valid invoice.",
    ),
    _clause(
        *("C09", "八(三)", "N", "收款账户变更", "Changed account"),
        "开户行或账号变更须在付款期限前至少10个工作日书面通知，否则甲方不因此承担逾期责任。",
        "A changed bank or account number is notified in writing 10 working days before the payment term at the "
        "latest; else the client is not late on its account.",
    ),
    _clause(
        *("C10", "八(四)", "C", "不得以未付款抗辩", "Non-payment is no defence"),
        "甲方未付款时，乙方仍须继续提供服务。",
        "The provider goes on serving while it is not paid.",
    ),
    _clause(
        *("C11", "九(二)", "R", "乙方迟延违约金", "Provider late"),
        "乙方迟延，每日按总金额的万分之一计违约金。",
        "For each day the provider is late: 0.0001 of the total.",
    ),
    _clause(
        *("C12", "九(二)", "CA", "迟延三十日解除", "Termination after 30 days"),
        "迟延30日以上仍未履行，甲方可解除合同，乙方退还已付款并支付总金额10%。",
        "30 days late or more and still nothing: the client may terminate, is refunded, and is owed 10 % of the total.",
    ),
    _clause(
        *("C13", "九(三)", "D", "整改", "Rework"),
        "不合格的服务在甲方指定期限内整改并重新提交验收。",
        "Service below standard is reworked within the time the client sets, and submitted again.",
    ),
    _clause(
        *("C14", "九(三)", "CA", "二次验收不合格", "Second acceptance failed"),
        "二次验收仍不合格或拒绝整改，甲方可解除合同，乙方退款并支付总金额10%。",
        "A second failed acceptance, or rework refused: the client may terminate, is refunded, and is owed 10 %.",
    ),
    _clause(
        *("C15", "九(四)", "RC", "甲方逾期付款", "Client late"),
        "甲方逾期且乙方无违约，每日按未付款的万分之一计付。",
        "For each day the client is overdue, the provider being without breach: 0.0001 of what is unpaid.",
    ),
    _clause(
        *("C16", "九(四)", "CA", "逾期超过三十日解除", "Termination after more than 30 days"),
        "逾期超过30日，乙方可解除合同，甲方支付已提供服务的费用及总金额10%。",
        "Overdue for more than 30 days: the provider may terminate; the client pays services rendered plus 10 %.",
    ),
    _clause(
        *("C17", "九(一)", "C", "直接损失赔偿", "Direct losses"),
        "违约方赔偿对方直接损失。",
        "Whoever is in breach makes good the other's direct losses.",
        "a claim rests on its own evidence; the platform records it and never computes it",
    ),
    _clause(
        *("C18", "六", "C", "服务等级补偿", "SLA compensation"),
        "低于服务等级的，采取补救并给予一定的补偿；按附件阶梯提出，由甲方决定。",
        "Below the SLA: remedy and a certain compensation, proposed from the annex's ladder, decided by the client.",
    ),
    _clause(
        *("C19", "六、八(二)", "C", "验收", "Acceptance"),
        "甲方组织验收，验收结果为末笔付款的依据。",
        "The client organises acceptance; it counts for the last payment.",
    ),
    _clause(
        *("C20", "四(二)", "S", "人员条件", "Staff conditions"),
        "服务人员须满足各项条件，逐项以证明材料经人核验。",
        "Each condition on staff is proven by documents that a person checks.",
    ),
    _clause(
        *("C21", "四", "S", "服务经理", "Service manager"),
        "全程一名服务经理；更换须甲方同意，且能力不低于原任。",
        "One service manager for the whole term, changed only with the client's consent, for someone equal or better.",
    ),
    _clause(
        *("C22", "五(一)3", "S", "人员更换要求", "Staff rejected"),
        "甲方可要求更换不合格人员。",
        "The client may reject staff, who are then replaced.",
    ),
    _clause(
        *("C23", "五(一)4", "C", "人员档案查阅", "Staff files"),
        "甲方可随时查阅人员档案，查阅留痕。",
        "The client may consult staff files at any time; each access is recorded.",
    ),
    _clause(
        *("C24", "五(二)6", "SN", "培训与人员变动", "Training and leaving"),
        "须完成业务、技能、保密培训；离岗或调动先报甲方同意。",
        "Business, skills and confidentiality training; leaving or transfer is reported and agreed first.",
    ),
    _clause(
        *("C25", "五(三)7", "D", "保密", "Confidentiality"),
        "保密义务在合同期内及期满后均有效，无终止日。",
        "Confidentiality holds during and after the contract, without an end date.",
    ),
    _clause(
        *("C26", "五(三)2", "C", "成果归属", "Results"),
        "全部成果及其知识产权归甲方。",
        "All results and their intellectual property belong to the client.",
    ),
    _clause(
        *("C27", "五(三)6", "C", "资料返还", "Material returned"),
        "合同终了时返还资料。",
        "Material is returned at the end.",
    ),
    _clause(
        *("C28", "十一(二)", "ND", "不可抗力通知", "Force majeure notified"),
        "立即通知，并在事件发生之日起14日内提交证明。",
        "Notified at once; a certificate within 14 days of the event.",
    ),
    _clause(
        *("C29", "十一(一)", "D", "期限顺延", "Term extended"),
        "履行期限按受影响的时间顺延，重叠期间只计一次。",
        "The term is extended by the time of the effect; overlapping times count once.",
    ),
    _clause(
        *("C30", "十一(三)", "N", "不可抗力消除通知", "End of force majeure notified"),
        "影响消除后亦须通知。",
        "Its end is notified too.",
    ),
    _clause(
        *("C31", "十一(四)", "D", "影响超过六十日", "More than 60 days of effect"),
        "影响超过60日的，双方协商后续履行。",
        "Effect for more than 60 days: the parties negotiate.",
    ),
    _clause(
        *("C32", "十", "C", "争议解决", "Disputes"),
        "先协商或调解，不成则在北京仲裁。",
        "Negotiation or mediation first, else arbitration in Beijing.",
    ),
    _clause(
        *("C33", "十二(三)", "C", "合同生效", "In force"),
        "双方均签字盖章后生效。",
        "In force once both sides have signed and sealed.",
    ),
    _clause(
        *("C34", "十二(五)", "C", "补充协议", "Supplements"),
        "双方签字盖章的补充协议与合同不一致时，以补充协议为准。",
        "A supplement signed and sealed by both sides overrides the contract.",
    ),
    _clause(
        *("C35", "十二(六)", "A", "合同份数", "Copies"),
        "一式六份，双方各执三份。",
        "Six copies, three for each side.",
    ),
    _clause(
        *("C36", "二", "C", "技术规范", "Technical specification"),
        "依次适用经接受的偏离表、招标文件规范、最新国家标准。",
        "The accepted deviation table, then the tender's specification, then the latest national standard.",
    ),
    _clause(
        *("C37", "三", "C", "服务内容", "Services"),
        "八项服务为封闭清单，由附件一至三补充。",
        "The eight services are a closed list, completed by annexes 1 to 3.",
    ),
    _clause(
        *("C38", "附件", "C", "附件", "Annexes"),
        "六个附件为合同组成部分，缺失者明示。",
        "Six annexes are part of the contract; missing ones are shown.",
    ),
)
"""All clauses, C01 to C38."""

BY_ID: Mapping[str, Clause] = {clause.id: clause for clause in CLAUSES}

_BY_PATH: Mapping[str, str] = {
    "cover_date": "C33",
    "term": "C01",
    "price": "C02",
    "instalments": "C06",
    "penalties": "C11",
    "penalties.client_daily": "C15",
    "penalties.client_days": "C16",
    "penalties.failed_acceptances": "C14",
    "penalties.provider_days": "C12",
    "penalties.termination_share": "C12",
    "majeure": "C28",
    "majeure.negotiate_after_days": "C31",
    "account_notice_workdays": "C09",
    "papers.copies": "C35",
    "papers.copies_each": "C35",
    "annexes": "C38",
    "staff_conditions": "C20",
    "catalogue": "C37",
    "sla": "C18",
}


def clause_of(path: str) -> str:
    """The id of the clause that states the term at a dotted path; "" where no clause does (an id, a title)."""
    while path and path not in _BY_PATH:
        path = path.rpartition(".")[0]
    return _BY_PATH.get(path, "")
