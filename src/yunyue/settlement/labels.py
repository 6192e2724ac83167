"""What the leaves of a working tree are called, in Chinese and English."""

import re

from yunyue.settlement.statement import Said
from yunyue.settlement.working import FromFact, FromTerm, Given, Op, Working

TERMS: tuple[tuple[str, Said], ...] = (
    (r"price\.total", Said("合同总金额", "contract total")),
    (r"cover_date", Said("合同封面日期", "cover date")),
    (r"term\.start", Said("服务期限首日", "first day of the term")),
    (r"term\.end", Said("服务期限末日", "last day of the term")),
    (r"instalments\.(.+)\.share", Said("第 {} 期比例", "share of instalment {}")),
    (r"instalments\.(.+)\.amount", Said("第 {} 期金额", "amount of instalment {}")),
    (r"instalments\.(.+)\.within_workdays", Said("第 {} 期付款工作日数", "working days of instalment {}")),
    (r"penalties\.provider_daily", Said("乙方逾期日违约金比例", "daily rate, provider late")),
    (r"penalties\.client_daily", Said("甲方逾期日违约金比例", "daily rate, client late")),
    (r"penalties\.provider_days", Said("乙方逾期解除天数", "days after which the client may terminate")),
    (r"penalties\.client_days", Said("甲方逾期解除天数", "days after which the provider may terminate")),
    (r"penalties\.termination_share", Said("解除违约金比例", "share on termination")),
    (r"penalties\.daily_cap", Said("日违约金上限比例", "cap on the daily penalty")),
    (r"majeure\.certificate_days", Said("提交证明天数", "days for the certificate")),
    (r"majeure\.negotiate_after_days", Said("协商起算天数", "days before negotiation")),
    (r"account_notice_workdays", Said("变更账户提前工作日数", "working days before a change of account")),
    (r"catalogue\.items\.(.+)\.amount", Said("目录项 {} 金额", "amount of item {}")),
    (r"sla\.objectives\.(.+)\.ladder\.(.+)\.share", Said("{} 第 {} 档比例", "{}, rung {}: share")),
    (r"sla\.objectives\.(.+)\.ladder\.(.+)\.below", Said("{} 第 {} 档界限", "{}, rung {}: below")),
)
"""Every path a rule uses, as a pattern; tests demand that each leaf of each case has a name here."""

FIELDS = {
    "day": Said("发生日", "day"),
    "signed": Said("签字日", "signature"),
    "sealed": Said("盖章日", "seal"),
    "amount": Said("金额", "amount"),
    "deliver_by": Said("约定交付日", "to be delivered by"),
    "deadline": Said("整改期限", "deadline"),
}
"""Fields of facts that stand as leaves."""

INNER: tuple[tuple[str, Said], ...] = (
    (r"deductions\.(.+)\.points", Said("第 {} 项扣分", "points lost, line {}")),
    (r"deductions\.(.+)\.count", Said("第 {} 项次数", "count, line {}")),
    (r"criteria\.(.+)\.each", Said("指标 {} 每次扣分", "criterion {}: points each")),
    (r"criteria\.(.+)\.most", Said("指标 {} 最多扣分", "criterion {}: points at most")),
)
"""Fields inside the lists of a fact, as patterns."""

OPERATIONS = {
    "plus": Said("合计", "sum"),
    "minus": Said("相减", "difference"),
    "times": Said("相乘", "product"),
    "divided": Said("相除", "quotient"),
    "round_half_up": Said("四舍五入到分", "rounded to the fen"),
    "not_below": Said("取较大", "the larger"),
    "not_above": Said("取较小", "the smaller"),
    "rung": Said("按阶梯取比例", "share by the ladder"),
    "latest": Said("最晚日", "the latest day"),
    "earliest": Said("最早日", "the earliest day"),
    "days_after": Said("相隔天数", "days from the first to the second"),
    "plus_days": Said("顺延天数", "days later"),
    "plus_workdays": Said("顺延工作日", "working days later"),
}
"""What each operation is called."""


def label(node: Working) -> Said:
    """The name of a node."""
    match node:
        case FromTerm(path=path):
            return _patterned(TERMS, path)
        case FromFact(fact=fact, field=name):
            said = FIELDS.get(name) or _patterned(INNER, name)
            return Said(f"{said.zh}({fact})", f"{said.en} ({fact})")
        case Given(name=name):
            return _given(name)
        case Op(op=op, why=why):
            said = OPERATIONS[op]
            return Said(f"{said.zh}({why})", f"{said.en} ({why})") if why else said


def _patterned(patterns: tuple[tuple[str, Said], ...], path: str) -> Said:
    for pattern, said in patterns:
        found = re.fullmatch(pattern, path)
        if found:
            return Said(said.zh.format(*found.groups()), said.en.format(*found.groups()))
    return Said(path, path)


def _given(name: str) -> Said:
    month = re.fullmatch(r"month\.(\d{4}-\d{2})\.(first|last)", name)
    if month:
        zh, en = ("首日", "first day") if month[2] == "first" else ("末日", "last day")
        return Said(f"{month[1]} {zh}", f"{en} of {month[1]}")
    return {
        "as_of": Said("计算基准日", "as of"),
        "one": Said("首尾均计，加一", "both ends count, plus one"),
        "zero": Said("零", "zero"),
        "full": Said("满分", "full marks"),
    }.get(name, Said(name, name))
