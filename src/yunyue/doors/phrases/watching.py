"""What is wrong with what somebody asks of monitoring's pages, commands and operations."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_MISSING: Final = (
    says("there is no {what:word} {name:word}", "没有此项（{what}）：{name}", what="notice", name="'n-9'"),
    says("there is no finding {name:quoted}", "没有发现 {name}", name="'words-1'"),
    says("there is no target {name:quoted}", "没有监测目标 {name}", name="'order-9'"),
    says("there is no dashboard {name:quoted}", "没有看板 {name}", name="'duty'"),
    says("there is no status page {name:quoted}", "没有状态页 {name}", name="'dept-one'"),
    says(
        "there is no objective {name:quoted} of monitoring; known: {names:list}",
        "监测没有指标 {name}；已知：{names}",
        name="'none'",
        names="monitor-availability",
    ),
)

_ASKED: Final = (
    says("the stretch ends before it starts", "时段的结束早于开始"),
    says(
        "the stretch ends before it starts, or is of no year that can be meant",
        "时段的结束早于开始，或年份超出范围",
    ),
    says("whole minutes of one day at most can be looked at together", "至多同时查看一日之内的整分钟"),
    says("{objective} is not measured from probes", "{objective} 不由拨测得出", objective="os-1"),
    says(
        "samples of {count} targets are too many to look at together",
        "{count} 个目标的样本过多，无法同时查看",
        count="99",
    ),
)

_KEPT: Final = (
    says("a dashboard has at most {most} bytes", "看板至多 {most} 字节", most="65536"),
    says("a department keeps dashboards of its own only", "部门只能保存自己的看板"),
    says("the name {name} is taken", "名称 {name} 已被使用", name="duty"),
    says("{most} dashboards are kept; delete one first", "已有 {most} 个看板，请先删除一个", most="100"),
    says("{order} is no target of {tenant}", "{order} 不是 {tenant} 的监测目标", order="order-9", tenant="dept-1"),
    says("role {role} does not record {kind}", "角色 {role} 不得记录 {kind}", role="engineer", kind="finding.accepted"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_MISSING, *_ASKED, *_KEPT)
