"""What the command line itself refuses, what the doctor sees, and why a tour stopped."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_INSTALLATION: Final = (
    says(
        "there is no installation in this folder; ./yunyue up or ./yunyue contract load begins one",
        "此文件夹中没有安装；请运行 ./yunyue up 或 ./yunyue contract load",
    ),
    says("there is an installation in this folder; restore takes an empty one", "此文件夹中已有安装；恢复须用空文件夹"),
    says(
        "there is something in this folder; the tour begins in an empty one", "此文件夹内已有内容；演示须从空文件夹开始"
    ),
    says("the backup has no keys; give the folder you kept them in", "备份中没有密钥；请给出另存密钥的文件夹"),
    says("a document of the backup was changed", "备份中的一份文件被改动"),
    says(
        "the contract that came along is damaged: {where}", "随程序而来的合同已损坏：{where}", where="terms.toml:3: x"
    ),
    says(
        "{command} failed: {why}; start with --no-engines to go on",
        "{command} 失败：{why}；可加 --no-engines 继续启动",
        command="apt-get install x",
        why="x",
    ),
    says(
        "{files:list} is there already; nothing was written",
        "{files} 已存在；未写入任何内容",
        files="terms.toml, sla.toml",
    ),
)

_WORDS: Final = (
    says(
        "{why:reason}; choose another with YUNYUE_PORT or YUNYUE_BIND",
        "{why}；请以 YUNYUE_PORT 或 YUNYUE_BIND 另选",
        why="cannot listen on ::1 port 80: Permission denied",
    ),
    says(
        "cannot listen on {address} port {port}: {why:reason}",
        "无法监听 {address} 端口 {port}：{why}",
        address="127.0.0.1",
        port="8000",
        why="Address already in use",
    ),
    says(
        "the database server does not let us in: {why}; check that it runs, and YUNYUE_DATABASE",
        "数据库服务器拒绝接入：{why}；请确认其正在运行，并核对 YUNYUE_DATABASE",
        why="connection refused",
    ),
    says(
        "{why:reason}; yunyue doctor says what to do", "{why}；yunyue doctor 指明如何处置", why="file is not a database"
    ),
    says("the disk of the database server is full; free some space there", "数据库服务器的磁盘已满；请在那里腾出空间"),
    says(
        "the disk is full: {free} KiB are free; free at least {least} GiB beside {place}",
        "磁盘已满：仅余 {free} KiB；请在 {place} 旁腾出至少 {least} GiB",
        free="12",
        least="1",
        place="/srv",
    ),
    says("there is no such folder to write into", "没有可写入的这个文件夹"),
    says(
        "a day or moment lies in the years {first} to {last}, not in {found}",
        "日期或时刻须在 {first} 至 {last} 年之间，而不是 {found} 年",
        first="2000",
        last="2199",
        found="1999",
    ),
    says("nothing is known of {program}", "不支持 {program}", program="tcsh"),
    says(
        "not a JSON list of pairs: {why:reason}",
        "不是由输入输出对组成的 JSON 列表：{why}",
        why="Input data was truncated",
    ),
    says("{last:word} lies before {first:word}", "{last} 早于 {first}", last="2024-01-01", first="2024-02-01"),
    says("{word} is not a quantity, such as 1 or 2.5", "{word} 不是数量，例如 1 或 2.5", word="'x'"),
    says("{word} is not name=value", "{word} 不是 name=value 的写法", word="'x'"),
    says(
        "{word} is not field=value; fields of {kind}: {fields:list}",
        "{word} 不是 field=value 的写法；{kind} 的字段：{fields}",
        word="'x'",
        kind="order.placed",
        fields="order, item",
    ),
    says("given twice", "给出了两次"),
    says(
        "a paper is a .docx or a .pdf, not {ending:reason}",
        "文书为 .docx 或 .pdf，而不是{ending}",
        ending="a file without ending",
    ),
    says("a file without ending", "没有扩展名的文件"),
    says("write particulars as key=value", "请以 key=value 给出各项"),
    says(
        "there is no line {line} as of {day}; known: {known:list}",
        "截至 {day} 没有 {line} 这一行；有：{known}",
        line="'x'",
        day="2024-08-01",
        known="instalment-1",
    ),
    says("there is no {finding} as of {day}", "截至 {day} 没有 {finding}", finding="'x'", day="2024-08-01"),
    says(
        "what-if starts from all that is known now; leave --known-at out",
        "假设推演自现在所知的一切出发；请去掉 --known-at",
    ),
    says("not JSON: {why:reason}", "不是 JSON：{why}", why="Input data was truncated"),
    says("the file cannot be read: {why:reason}", "无法读取文件：{why}", why="Permission denied"),
    says("TYPE field=value … @DATE", "写法：种类 field=value … @日期"),
    says("{line} does not end in @DATE, such as @2024-06-01", "{line} 没有以 @日期 结尾，例如 @2024-06-01", line="'x'"),
    says("a log of somebody else's is watched with its --key", "监督他人的日志须给出其 --key"),
    says("a moment carries its zone", "时刻须带时区"),
    says("this account orders for {tenant} only", "此账户只能为 {tenant} 订购", tenant="'tax'"),
    says("the bundle did not verify and was removed: {why}", "证据包未通过验证，已删除：{why}", why="x"),
)

_ACCOUNTS: Final = (
    says(
        "1 to 64 letters, digits and . _ @ -, beginning with a letter or digit",
        "须为 1 至 64 个字母、数字或 . _ @ -，以字母或数字开头",
    ),
    says(
        "1 to 64 letters, digits and . _ -, beginning with a letter or digit",
        "须为 1 至 64 个字母、数字或 . _ -，以字母或数字开头",
    ),
    says("say whose account it is, in at most 64 characters", "请写明账户归属何人，至多 64 个字符"),
    says("this person has an account already; nobody has two", "此人已有账户；一人不得有两个账户"),
    says("a tenant user belongs to a department", "部门用户须属于某个部门"),
    says("this name is taken", "此名称已被使用"),
    says(
        "this installation is served already, by process {process}; stop that one first",
        "此安装已由进程 {process} 提供服务；请先停止它",
        process="4711",
    ),
)

_NOT_YET: Final = (
    # A service that cannot be ordered says why in both languages.
    says(
        "{title:zh}:{why:zh} / {en:dropped}",
        "{title}：{why}",
        title="容器",
        why="尚未完工",
        en="Containers: not built yet",
    ),
)

_TOUR: Final = (
    says("the outage left no incident in the journal", "中断没有在日志中留下事件"),
    says("no compensation is proposed for June: {state}", "六月没有补偿建议：{state}", state="open"),
    says("the person who ordered could approve the order", "下单人竟可批准自己的订单"),
    says("the late payment costs nothing", "逾期付款竟没有违约金"),
    says("the site to be watched did not start: {why:reason}", "被监测的网站没有启动：{why}", why="it said nothing"),
    says("it said nothing", "没有输出"),
)

_DOCTOR: Final = (
    says("tiles: {tiles}; journal: {journal:reason}", "瓦片：{tiles}；日志：{journal}", tiles="12", journal="none"),
    says("{port} free", "{port} 空闲", port="8000"),
    says("{port} taken", "{port} 被占用", port="8000"),
    says("{address} served", "{address} 正在服务", address="http://127.0.0.1:8000"),
    says("Ed25519; SM2: {why:reason}", "Ed25519；SM2 不可用：{why}", why="served by something that does not encrypt"),
    says("crypto: certificates and timestamps checked by another hand", "密码服务：由另一实现核对证书与时间戳"),
    says("a journal past one machine", "跨机器的日志"),
    says("containers", "容器"),
    says("containers: the balancer in front of replicas", "容器：副本前的负载均衡"),
    says("containers: the walls between tenants", "容器：租户之间的隔离"),
    says("transcode", "转码"),
    says("transcode: the sandbox around media from outside", "转码：外来媒体的沙箱"),
    says("monitor: page probes; tests of the console", "监测：页面拨测；控制台测试"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_NOT_YET, *_ACCOUNTS, *_INSTALLATION, *_WORDS, *_TOUR, *_DOCTOR)
