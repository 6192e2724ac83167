"""Why a change of order, a step of a ticket, a score sheet, or the end of a document was not taken in."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_ORDERS: Final = (
    says(
        "it costs {wanted}, and of the total {total} only {free} is left",
        "需 {wanted} 元，而合同总金额 {total} 元仅余 {free} 元",
        wanted="200.00",
        total="1916794.40",
        free="100.00",
    ),
    says("order {order} ended on {day}", "订单 {order} 已于 {day} 终止", order="o-1", day="2024-06-01"),
    says(
        "the order is {state:reason}, not {states:reason}",
        "订单当前为“{state}”，须为“{states}”",
        state="retired",
        states="placed",
    ),
    says("placed", "待批准"),
    says("approved", "已批准"),
    says("delivered", "已交付"),
    says("suspended", "已暂停"),
    says("cancelled", "已取消"),
    says("{text} is not a day such as 2024-05-24", "{text} 不是日期，应写作 2024-05-24", text="'x'"),
    says("there is no change {change}", "没有变更 {change}", change="'c-1'"),
    says(
        "instances of this service are not changed in place; end the order and place another",
        "此服务的实例不支持就地变更；请终止订单后另下新单",
    ),
    says("{item} is not in the catalogue any more", "{item} 已不在服务目录中", item="'os-set'"),
    says(
        "the order was to be delivered by {day}; a day that has passed is not moved",
        "订单约定于 {day} 前交付；已过的约定日不得事后改期",
        day="2024-05-24",
    ),
)

_TICKETS: Final = (
    says(
        "ticket {ticket} is {state:reason}; {kind} follows {states:reason} only",
        "工单 {ticket} 当前为“{state}”；{kind} 只能在“{states}”之后",
        ticket="t-1",
        state="closed",
        kind="ticket.paused",
        states="answered",
    ),
    says("it lies before the {kind:word} of {day}", "早于 {day} 的 {kind}", kind="ticket.paused", day="2024-07-01"),
    says(
        "{kind} is no step of a ticket; known: {known:list}",
        "{kind} 不是工单的步骤；可用的有：{known}",
        kind="'x'",
        known="ticket.answered",
    ),
    says("there is no ticket {ticket}", "没有工单 {ticket}", ticket="'t-1'"),
    says("the file ends in .csv or .parquet", "文件扩展名须为 .csv 或 .parquet"),
    says("write what is to be said", "请写明内容"),
    says("opened", "已提交"),
    says("answered", "处理中"),
    says("resolved", "已解决"),
    says("closed", "已关闭"),
    says("{first:reason} or {other:reason}", "{first}、{other}", first="opened", other="answered"),
    says("ticket {ticket} was escalated to {to} already", "工单 {ticket} 已升级至 {to}", ticket="t-1", to="engineer"),
    says(
        "there is no {kind} {name:quoted} under this contract",
        "本合同下没有 {kind} {name}",
        kind="ticket",
        name="'t-9'",
    ),
)

_SCORES: Final = (
    says("criterion {code} stands there twice", "考核项 {code} 重复", code="'c-1'"),
    says("a criterion stands there twice", "有考核项重复"),
    says("incident {incident} is closed already", "故障 {incident} 已经恢复", incident="'i-1'"),
    says("{word} is not CRITERION=NUMBER:EVIDENCE", "{word} 须依次写明指标、等号、数、冒号、证据", word="'down'"),
    says("{word} is not code|title|most|each", "{word} 不是“代号|名称|最多|每次”的形式", word="'down'"),
    says("no fact names a document {digest}", "没有事实引用文件 {digest}", digest="'sha256:0'"),
    says("milestones are worth 100 together, not {worth}", "里程碑合计须为 100 分，现为 {worth} 分", worth="90"),
    says("criterion {code} says no points for one outage", "考核项 {code} 未写明每次中断扣几分", code="'c-1'"),
    says(
        "the template has no criterion {code}; known: {known:list}",
        "模板没有考核项 {code}；现有：{known}",
        code="'c-9'",
        known="c-1, c-2",
    ),
    says(
        "criterion {code} costs at most {most}, not {points}",
        "考核项 {code} 至多扣 {most} 分，不得扣 {points} 分",
        code="'c-1'",
        most="10",
        points="20",
    ),
    says(
        "{count} of {code} cost {wanted}, not {points}",
        "{code} 计 {count} 次应扣 {wanted} 分，而非 {points} 分",
        count="2",
        code="'c-1'",
        wanted="4",
        points="5",
    ),
    says("there is no score template {name}", "没有考核模板 {name}", name="'monthly'"),
    says(
        "{month} was scored already by sheet {score}",
        "{month} 已由评分表 {score} 评定；有误请更正",
        month="2024-05",
        score="'s-1'",
    ),
    says(
        "criterion {code} rests on {evidence}, which is no fact of this contract",
        "考核项 {code} 所依 {evidence} 不是本合同的事实",
        code="'c-1'",
        evidence="'f-9'",
    ),
    says("{text} is not a count", "{text} 不是次数", text="'x'"),
    says("{text} is not a number of points", "{text} 不是分数", text="'x'"),
    says(
        "points are lost on evidence only: name a fact or hand in a document",
        "扣分须有依据：请写明事实编号或上传材料",
    ),
    says(
        "the sheet comes to {wanted}, not {points}",
        "评分表合计应为 {wanted} 分，而非 {points} 分",
        wanted="96",
        points="95",
    ),
)

_PAPERS: Final = (
    says("nobody asked for a change of order {order}", "没有人申请变更订单 {order}", order="o-1"),
    says("there is no score sheet {name}", "没有评分表 {name}", name="'s-1'"),
    says("nothing of service {service} was ordered", "没有订购服务 {service}", service="'scan'"),
    says(
        "Expected closing after {opens}, got {closes}",
        "结束时间须晚于 {opens}，不是 {closes}",
        opens="09:00",
        closes="08:00",
    ),
    says("Expected each severity once", "每一级别只能出现一次"),
)

_KEEPING: Final = (
    says("no fact of this contract names {digest}", "本合同没有事实载明 {digest}", digest="sha256:ab"),
    says("the legal hold {holds:list} covers it", "法律保全 {holds} 期间不得销毁", holds="h-1"),
    says("{what:reason} is kept until {day}", "{what}须保存至 {day}", what="a paper", day="2039-12-31"),
    says("a paper", "合同文书"),
    says("a log", "日志"),
    says(
        "{person} is service manager; there is one only, so say whose place is taken",
        "现任服务经理为 {person}；服务经理仅设一名，须写明接替何人",
        person="p-1",
    ),
    says(
        "{member} sits in no such acceptance; members: {known:list}",
        "{member} 不是该次验收的成员；成员：{known}",
        member="'m-9'",
        known="m-1, m-2",
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_ORDERS, *_TICKETS, *_SCORES, *_PAPERS, *_KEEPING)
