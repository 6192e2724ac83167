"""Why a fact was not taken in under a contract, and what measured windows must not say."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_MOMENTS: Final = (
    says("{time} does not say in which zone", "{time} 未写明时区", time="2024-05-24T10:00:00"),
    says(
        "{time} has not come yet; a fact is recorded once it happened",
        "{time} 尚未到来：事实发生之后方可录入",
        time="2099-01-01T00:00:00+08:00",
    ),
    says(
        "{time} has not come yet; propose what has happened",
        "{time} 尚未到来：只能提出已经发生的事",
        time="2099-01-01T00:00:00+08:00",
    ),
    says(
        "{day} lies before the contract, which begins on {begins}",
        "{day} 早于合同：合同自 {begins} 开始",
        day="2020-01-01",
        begins="2024-04-11",
    ),
    says(
        "it starts before the contract, which begins on {begins}",
        "其开始早于合同：合同自 {begins} 开始",
        begins="2024-04-11",
    ),
    says("it ends before it starts", "结束早于开始"),
    says("it ends at {end}, after the fact itself", "其结束 {end} 晚于该事实本身", end="2024-05-25T10:00:00+08:00"),
    says("it lies before the notice of {day}", "早于 {day} 的通知", day="2024-07-01"),
    says("it lies before the event of {day}", "早于 {day} 的事件", day="2024-07-01"),
    says(
        "it lies before the {kind} of {day} that it answers",
        "早于其所答复的 {day} 的 {kind}",
        kind="order.placed",
        day="2024-05-01",
    ),
)

_REFERENCES: Final = (
    says("there is no fact {fact} under this contract", "本合同下没有事实 {fact}", fact="'f-1'"),
    says(
        "there is no fact of type {kind}; known: {known:list}",
        "没有 {kind} 这种事实；已知种类：{known}",
        kind="'x'",
        known="a, b",
    ),
    says("there is no fact of type {kind}", "没有 {kind} 这种事实", kind="'x'"),
    says("there is no fact {fact}", "没有事实 {fact}", fact="'f-1'"),
    says("there is no objective {objective}", "没有服务指标 {objective}", objective="'availability'"),
    says(
        "there is no instalment {number}; known: {known:list}",
        "没有第 {number} 期款；合同约定的有：{known}",
        number="9",
        known="1, 2",
    ),
    says(
        "there is no {kind} with {name} {value}",
        "没有 {name} 为 {value} 的 {kind}",
        kind="order.placed",
        name="order",
        value="'o-1'",
    ),
    says("{name:word} {value:quoted} is taken already", "{name} {value} 已被使用", name="order", value="'o-1'"),
    says("{actor} asked for it; another person approves", "申请人是 {actor}：须由另一人批准", actor="client:li"),
    says("proposal {proposal} is decided already", "提议 {proposal} 已有决定", proposal="'p-1'"),
    says("the proposed fact comes along with its approval", "所提议的事实须与批准一并录入"),
    says("this is not the fact that was proposed", "这不是所提议的那件事实"),
    says("fact {fact} is corrected already", "事实 {fact} 已被更正", fact="'f-1'"),
    says(
        "the replacement {fact} must be another {kind} that counts, or come along",
        "替代事实 {fact} 须是另一件有效的 {kind}，或随更正一并录入",
        fact="'f-2'",
        kind="payment.made",
    ),
)

_DELIVERY: Final = (
    says(
        "{item} is not in the catalogue; known: {known:list}",
        "目录中没有 {item}；目录项有：{known}",
        item="'x'",
        known="a, b",
    ),
    says(
        "item {item} belongs to service {service}",
        "目录项 {item} 属于服务 {service}",
        item="'scan.run'",
        service="'scan'",
    ),
    says(
        "{day} is outside the term {start} to {end}",
        "{day} 不在合同期 {start} 至 {end} 之内",
        day="2030-01-01",
        start="2024-04-11",
        end="2025-04-10",
    ),
    says("an order needs a quantity above 0", "订单数量须大于 0"),
    says(
        "{asked} exceeds what is left of {item}: {left}",
        "{asked} 超过 {item} 的余量 {left}",
        asked="9",
        item="scan.run",
        left="2",
    ),
    says(
        "{item:word} would be ordered beyond the contract by {amount}",
        "目录项 {item} 的订购量将超过合同 {amount}",
        item="scan.run",
        amount="2",
    ),
    says("the orders would exceed the total by {amount}", "订单合计将超过合同总金额 {amount} 元", amount="24000.00"),
    says("{used} of order {order} are used already", "订单 {order} 已使用 {used}", used="8", order="o-1"),
    says("order {order} was approved on {day}", "订单 {order} 已于 {day} 批准", order="o-1", day="2024-05-01"),
    says(
        "order {order} was cancelled; nothing more is provided for it",
        "订单 {order} 已取消，不再为其开通服务",
        order="o-1",
    ),
    says(
        "the {milestone:reason} acceptance was passed on {day}; correct that fact instead",
        "{milestone}验收已于 {day} 合格；如有误，请更正该事实",
        milestone="midterm",
        day="2024-09-10",
    ),
    says("nothing was reported yet on notice {notice}", "整改通知 {notice} 尚无整改报告", notice="'n-1'"),
    says(
        "the last report was reviewed on {day}; correct that fact, or let the provider report again",
        "最近一次整改报告已于 {day} 复核；请更正该事实，或由乙方再次报告",
        day="2024-09-20",
    ),
    says(
        "{item:quoted} was lent on {day}; name what is lent again otherwise",
        "资料 {item} 已于 {day} 提供；再次提供的请另行命名",
        item="'maps'",
        day="2024-05-06",
    ),
    says(
        "there would be {count} service managers: {people:list}",
        "将同时有 {count} 名服务经理：{people}",
        count="2",
        people="p-1, p-2",
    ),
    says("non-payment is no ground to stop a service", "未付款不是停止服务的理由"),
    says("the contract is not in force: both sides sign and seal first", "合同尚未生效：须先由双方签字并盖章"),
    says(
        "the time for rework ends on {deadline}, not after the notice of {day}",
        "整改期限 {deadline} 须晚于发出通知之日 {day}",
        deadline="2024-06-01",
        day="2024-06-02",
    ),
    says(
        "{asked} exceeds what is left of instalment {number}: {left}",
        "{asked} 超过第 {number} 期款的余额 {left}",
        asked="9,999.00",
        number="1",
        left="8,000.00",
    ),
    says(
        "the statement has no line {line} to settle; it has {lines:list}",
        "结算单没有可结清的行 {line}；可结清的有：{lines}",
        line="'late'",
        lines="late-delivery, late-payment-1",
    ),
    says(
        "line {line:word} is owed by the {party:reason}",
        "结算行 {line} 的付款方是{party}",
        line="late-delivery",
        party="provider",
    ),
    says("an amount is above 0.00", "金额须大于 0.00"),
)

_RECORD: Final = (
    says(
        "the {party:reason} has signed already; correct that fact instead",
        "{party}已经签署；如有误，请更正该事实",
        party="client",
    ),
    says("signature and seal lie after the day of the fact", "签字、盖章之日晚于该事实之日"),
    says(
        "orders stand for item {item}, which the terms would no longer have",
        "目录项 {item} 仍有订单，变更后的条款却不再包含它",
        item="'scan.run'",
    ),
    says("the terms change by supplement only", "条款只能以补充协议变更"),
    says("condition {number} cannot be waived", "第 {number} 项条件不得豁免", number="3"),
    says(
        "clause {clause} gives this right to the {party:reason}",
        "条款 {clause} 将此权利赋予{party}",
        clause="C16",
        party="provider",
    ),
    says(
        "{objective:word} belongs to {service:quoted}",
        "{objective} 属于 {service}",
        objective="availability",
        service="'os'",
    ),
    says("a waived compensation is 0.00, another not below it", "不予补偿的金额为 0.00，其他情形不得低于 0.00"),
)

_WINDOWS: Final = (
    says("{good} good of {total} cannot be", "合格 {good} 次多于总数 {total} 次，不成立", good="5", total="4"),
    says(
        "{minutes} bad minutes do not fit between its start and end",
        "{minutes} 个不合格分钟超过其起止时长",
        minutes="90",
    ),
    says("window {window} reaches over the edge of the month", "时段 {window} 跨越月份边界", window="w-1"),
    says("window {window} ends before it starts", "时段 {window} 的结束早于开始", window="w-1"),
    says(
        "window {window} has {good} good of {total}",
        "时段 {window} 合格 {good} 次，多于总数 {total} 次",
        window="w-1",
        good="5",
        total="4",
    ),
    says(
        "window {window} has {bad} bad minutes in {minutes}",
        "时段 {window} 共 {minutes} 分钟，却有 {bad} 个不合格分钟",
        window="w-1",
        bad="9",
        minutes="5",
    ),
    says(
        "windows {one} and {other} overlap: the same time would count twice",
        "时段 {one} 与 {other} 重叠：同一时间不得计算两次",
        one="w-1",
        other="w-2",
    ),
    says(
        "the verdict rests on {count} facts; a fact names {most}",
        "判定所依事实有 {count} 件；一件事实至多列明 {most} 件",
        count="900",
        most="512",
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_MOMENTS, *_DELIVERY, *_RECORD, *_WINDOWS, *_REFERENCES)
