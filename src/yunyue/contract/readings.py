"""Where the contract's words leave room: each reading is a named setting with a default. Not legal advice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read the words."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A question the words leave open; the first choice is the default."""

    id: str
    zh: str
    en: str
    choices: tuple[Choice, ...]

    @property
    def default(self) -> str:
        """The key of the default choice."""
        return self.choices[0].key


def _reading(identifier: str, zh: str, en: str, *choices: tuple[str, str, str]) -> Reading:
    return Reading(identifier, zh, en, tuple(Choice(*choice) for choice in choices))


READINGS: tuple[Reading, ...] = (
    _reading(
        "A1",
        "签订当日是否计入期限？",
        "Does the day of signing count?",
        ("excluded", "不计入（民法典第201条）", "no (Civil Code art. 201)"),
        ("included", "计入", "yes"),
    ),
    _reading(
        "A2",
        "何谓工作日？",
        "What is a working day?",
        ("state_council", "国务院办公厅放假安排，调休上班日计入", "State Council calendar, make-up days count"),
        ("monday_to_friday", "仅周一至周五", "Monday to Friday only"),
    ),
    _reading(
        "A3",
        "何日为合同签订日？",
        "Which day is the date of signing?",
        ("latest", "双方签字与盖章中最晚之日", "the latest of both sides' signature and seal"),
        ("cover", "合同封面日期", "the cover date"),
    ),
    _reading(
        "A4",
        "资金或发票未到时甲方是否逾期？",
        "Funds or invoice not there: is the client late?",
        (
            "gates",
            "逾期自到期日、资金到位日、收到发票日中最晚者起算",
            "the overdue clock starts at the latest of due date, funds and invoice",
        ),
        ("due_only", "仅看到期日", "the due date alone"),
    ),
    _reading(
        "A5",
        "“以上、以内、届满”与“超过”",
        "以上，以内 and 届满 against 超过",
        (
            "civil_code_1259",
            "前者含本数，“超过”不含本数（民法典第1259条）",
            "the first include the number, 超过 does not (Civil Code art. 1259)",
        ),
    ),
    _reading(
        "A6",
        "何时取整到分？",
        "When is an amount rounded to the fen?",
        ("once", "每行一次，四舍五入到分", "once per line, half up"),
        ("per_day", "每日取整后相加", "each day, then summed"),
    ),
    _reading(
        "A7",
        "百分之十是否吸收按日违约金？",
        "Does the 10 % absorb the daily penalty?",
        ("separate", "否：分列两行，待双方商定", "no: two lines, to be agreed"),
        ("absorbed", "吸收", "yes, absorbed"),
    ),
    _reading(
        "A8",
        "按日违约金有无上限？",
        "Is the daily penalty capped?",
        ("none", "合同未设上限", "the contract sets no cap"),
        ("capped", "以约定比例为限", "at an agreed share"),
    ),
    _reading(
        "A9",
        "合同总金额、服务费总额、服务费金额各指什么？",
        "What do the three names of the sum mean?",
        ("total", "均指合同总金额；九(四)两种算法并列", "all mean the total; for 九(四) both figures are shown"),
        ("unpaid", "九(四)指未付部分", "in 九(四) the unpaid part"),
    ),
    _reading(
        "A10",
        "退款是否包括已使用的服务？",
        "Does the refund include services already used?",
        ("literal", "是，依文义全额退还", "yes, literally"),
        ("net", "扣除已使用价值", "net of their value"),
    ),
    _reading(
        "A11",
        "八项服务中一项迟延，以何为基数？",
        "One of eight services late: which base?",
        ("total", "以合同总金额按日计，不因项数倍增", "the whole total per day, not multiplied"),
        ("pro_rata", "按该项服务价款", "the price of that service"),
    ),
    _reading(
        "A12",
        "中期验收在何时？",
        "When is the mid-term acceptance?",
        ("entered", "合同未载；录入前第二笔款不可排期", "not in the contract: not schedulable until entered"),
    ),
    _reading(
        "A13",
        "“二次验收”如何计？",
        "How are second acceptances counted?",
        ("per_milestone", "同一节点内计次", "per milestone"),
        ("across", "跨节点累计", "across milestones"),
    ),
    _reading(
        "A14",
        "整改期限",
        "Time for rework",
        ("mandatory", "无默认；未载期限的通知无效", "no default; a notice without one is invalid"),
    ),
    _reading(
        "A15",
        "“一定的补偿”",
        "“A certain compensation”",
        ("ladder", "依附件阶梯；无阶梯则为“待协商”", "the annex's ladder; without one “to be negotiated”"),
    ),
    _reading(
        "A16",
        "六十日影响期如何起算？",
        "How are the 60 days of effect counted?",
        ("exclude_first", "首日不计", "the first day excluded"),
        ("include_first", "首日计入", "the first day included"),
    ),
    _reading(
        "A17",
        "通知的形式",
        "Form of a notice",
        (
            "letter",
            "站内消息不起算合同期限；须书面送达并留存凭证",
            "an in-app message starts no clock; a letter with proof does",
        ),
        ("in_app", "经补充协议约定，站内消息有效", "in-app counts, once a supplement says so"),
    ),
    _reading(
        "A18",
        "“乙方无违约”",
        "“Provider without breach”",
        ("any", "任一未消除的已确认违约即中止计息，并逐项列明", "any open confirmed breach suspends interest"),
        ("related", "仅相关违约", "only a related breach"),
    ),
    _reading(
        "A19",
        "逾期天数",
        "Days overdue",
        ("after_due", "付款日减到期日；到期当日为 0", "paid minus due; the due day itself is 0"),
        ("plus_one", "另加一日", "plus one"),
    ),
    _reading(
        "A20",
        "“提前10个工作日”",
        "“10 working days before”",
        ("counting_back", "倒数第10个工作日", "the 10th working day counting back"),
        ("clear", "中间须有10个完整工作日", "ten clear working days between"),
    ),
    _reading(
        "A21",
        "“履行完毕后支付”与首付50%的关系",
        "“Paid after complete performance” against 50 % up front",
        ("special", "特别条款八(二)优先", "the special clause 八(二) wins"),
    ),
    _reading(
        "A22",
        "验收“作为参考”与“合格”的关系",
        "Acceptance “as a reference” against “passed”",
        ("condition", "视为付款条件", "a condition"),
    ),
    _reading(
        "A23",
        "尚未公布放假安排的年份",
        "The calendar of a year not yet announced",
        ("refused", "拒绝计算", "refused"),
        ("estimated", "按周一至周五估算并标明", "estimated and marked so"),
    ),
    _reading(
        "A24",
        "社会保险“原则上”",
        "Social insurance “in principle”",
        ("soft", "软性条件，书面豁免可满足", "soft: a written waiver satisfies it"),
        ("hard", "硬性条件", "hard"),
    ),
)
"""All readings, A1 to A24."""

BY_ID: dict[str, Reading] = {reading.id: reading for reading in READINGS}
DEFAULTS: dict[str, str] = {reading.id: reading.default for reading in READINGS}
