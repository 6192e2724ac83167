"""Why a token is no good, a record of access cannot be shown, or a comment is not taken."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says("this token is unknown", "没有此令牌"),
    says("this token is expired", "此令牌已过期"),
    says("this token is revoked", "此令牌已吊销"),
    says("the account of this token lets nobody in", "此令牌所属账号不能登录"),
    says("this token is not for {scope}", "此令牌不得用于 {scope}", scope="facts:read"),
    says("this token is for contract {contract} only", "此令牌仅限合同 {contract}", contract="'beijing-2024'"),
    says("the Authorization header says Bearer and the token", "Authorization 头须为 Bearer 加令牌"),
    says("role {role} does not call this operation", "角色 {role} 不得调用此操作", role="engineer"),
    says(
        "log in again within the last minutes before doing this, or use a token",
        "执行此操作前须在数分钟内重新登录，或使用令牌",
    ),
    says("too many wrong tokens from this address; try again later", "此地址输错令牌次数过多，请稍后再试"),
    says("only a third party's token opens the evidence page", "只有第三方令牌可打开证据查阅页"),
    says("a comment has 1 to {most} characters", "意见须为 1 至 {most} 个字符", most="4000"),
    says("a comment is plain text", "意见须为纯文本"),
    says("the access could not be put on record: {error}", "此次访问无法记录：{error}", error="disk I/O error"),
    says(
        "this record is not sealed yet; sealing comes within the hour",
        "此记录尚未封存，将在一小时内封存",
    ),
    says("there is no session {number}", "没有会话 {number}", number="7"),
    says("there is no token {number}", "没有令牌 {number}", number="7"),
    says(
        "the security administrator refuses accounts that wait, and closes no others",
        "安全管理员只拒绝待批准的账号，不停用其他账号",
    ),
    says(
        "there is no register {name}; there are: {names}",
        "没有登记册 {name}；现有：{names}",
        name="'x'",
        names="staff",
    ),
    says("there is no account {name}", "没有账号 {name}", name="'ann'"),
    says("this account is disabled already", "此账号已停用"),
    says("this token is revoked already", "此令牌已经吊销"),
    says("name the token, in at most 64 characters", "请为令牌命名，不超过 64 个字符"),
    says("choose what the token is for", "请选择令牌的用途"),
    says("there is no scope {scope}", "没有权限范围 {scope}", scope="x:read"),
    says("a token of this account lasts 1 to {days} days", "此账号的令牌有效期为 1 至 {days} 天", days="90"),
    says("there is no such contract", "没有此合同"),
    says("a third party's token is for one contract", "第三方令牌须限于一份合同"),
    says("a third party's token is not for {scope}", "第三方令牌不得用于 {scope}", scope="orders:write"),
    says("no such record", "没有此记录"),
    says("the file of this record cannot be read: {error}", "此记录所在文件无法读取：{error}", error="EOF"),
    says(
        "its records give {found}, sealed was {digest}", "其记录得出 {found}，封存的是 {digest}", found="x", digest="y"
    ),
    says("its fact has another digest", "其事实所载摘要不同"),
)
