"""What is wrong with the parameters of a probe: what it may reach, and what a field means for its kind."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_FACTS: Final = (
    says("Expected addresses of a network, got {given}", "应为一个网络的地址，实为 {given}", given="127.0.0.0/8"),
    says(
        "Expected a prefix of at least /{least}, got {given}",
        "前缀至少为 /{least}，实为 {given}",
        least="8",
        given="0.0.0.0/0",
    ),
)

_REGISTERS: Final = (
    says("there is no alert {number}", "没有编号为 {number} 的告警", number="7"),
    says("alert {number} is over", "告警 {number} 已恢复", number="7"),
    says("{who} took on alert {number} already", "告警 {number} 已由 {who} 认领", who="provider:wang", number="7"),
    says("there is a probe point {name} already", "已有拨测点 {name}", name="'haidian'"),
    says("there is no probe point {name}", "没有拨测点 {name}", name="'haidian'"),
    says(
        "a point's name: small letters, digits, . _ -, at most 63 characters",
        "拨测点名称：小写字母、数字、. _ -，至多 63 个字符",
    ),
)

_TARGETS: Final = (
    says(
        "this target may not be probed: {why:reason}", "此目标不得拨测：{why}", why="10.0.0.1 is not a public address"
    ),
    says(
        "{address} is link-local, multicast or no address of a machine",
        "{address} 是链路本地、组播或非主机地址",
        address="169.254.0.1",
    ),
    says("{address} is not a public address", "{address} 不是公网地址", address="10.0.0.1"),
    says("no probe could be made: {why:reason}", "无法拨测：{why}", why="Permission denied"),
    says(
        "probes of kind dns need the package dnspython, which is not installed",
        "dns 拨测需要软件包 dnspython，尚未安装",
    ),
    says(
        "target: only visible ASCII characters; write a Chinese domain in punycode (xn--…)",
        "target：只能用可见的 ASCII 字符；中文域名请写 punycode（xn--…）",
    ),
    says(
        "target: a probe of kind {kind} needs a URL that begins with {wanted}",
        "target：{kind} 拨测需要以 {wanted} 开头的 URL",
        kind="http",
        wanted="http://",
    ),
    says("target: write {what:reason} and nothing else", "target：只写{what}", what="a name"),
    says("a name", "主机名"),
    says(
        "target: no user name or password; everybody who sees the order sees the target",
        "target：不得写用户名或口令；能看到订单的人都能看到目标",
    ),
    says("target: the host is missing", "target：缺少主机"),
    says("target: {host} is not a host name", "target：{host} 不是主机名", host="'a b'"),
    says("target: a probe of kind {kind} has no port", "target：{kind} 拨测没有端口", kind="icmp"),
    says("target: the port is missing after the colon", "target：冒号之后缺少端口"),
    says(
        "target: a port from 1 to 65535 is missing, as in example.gov.cn:443",
        "target：缺少 1 至 65535 的端口，例如 example.gov.cn:443",
    ),
    says(
        "target: of a scenario, the URL has no path; the steps have", "target：多步拨测的 URL 不带路径，路径写在各步中"
    ),
)

_FIELDS: Final = (
    says(
        "{name}: means nothing for a probe of kind {kind}; it is for {kinds:list}",
        "{name}：对 {kind} 拨测没有意义；它用于 {kinds}",
        name="record",
        kind="http",
        kinds="dns",
    ),
    says("{name}: of a scenario, each step has its own", "{name}：多步拨测中由各步分别给出", name="method"),
    says("json_value: needs json_path", "json_value：须同时给出 json_path"),
    says("element_text: needs element", "element_text：须同时给出 element"),
    says("an element is named in 1 to {most} parts", "元素由 1 至 {most} 段写成", most="10"),
    says(
        "at {text}: write a type, #id, .class, [name] or [name=value]",
        "{text} 处：请写标签名、#id、.class、[属性] 或 [属性=值]",
        text="'a:hover'",
    ),
    says(
        "min_body: {least} is above max_body, {most}", "min_body：{least} 大于 max_body（{most}）", least="9", most="5"
    ),
    says("a JSON path begins with $", "JSON 路径以 $ 开头"),
    says(
        "at {text}: write .name, ['name'], [0] or [*], {most} at most",
        "{text} 处：请写 .name、['name']、[0] 或 [*]，至多 {most} 步",
        text="'x'",
        most="16",
    ),
    says(
        "status_max: {most} is below status_min, {least}",
        "status_max：{most} 小于 status_min（{least}）",
        most="100",
        least="200",
    ),
    says(
        "timeout_ms: a probe may not last longer than the interval of {seconds} s",
        "timeout_ms：一次拨测不得长于间隔 {seconds} 秒",
        seconds="10",
    ),
    says(
        "send: a UDP probe needs something to send; without an answer nothing is known",
        "send：UDP 拨测须有发送内容；没有应答便无从判断",
    ),
    says("ca: no certificates in PEM: {why}", "ca：没有 PEM 格式的证书：{why}", why="x"),
    says("after hex: come pairs of hexadecimal digits", "hex: 之后须为成对的十六进制数字"),
    says("{line} is not Name: value", "{line} 不是 “名称: 值” 的写法", line="'x'"),
    says("{name} is the probe's own to set", "{name} 由拨测自行设置", name="Host"),
    says("{name} has a value outside ASCII", "{name} 的值含有 ASCII 之外的字符", name="X-A"),
    says(
        "{part} is not a status (100 to 599) or a range such as 200-299",
        "{part} 不是状态码（100 至 599），也不是 200-299 这样的范围",
        part="'x'",
    ),
    says("the range {part} ends before it begins", "范围 {part} 的结束小于开始", part="299-200"),
    says(
        "max_body: of a page whose content is looked at, {most} at most; reading more takes too long",
        "max_body：须查看内容的页面至多 {most}；读取更多过慢",
        most="1048576",
    ),
    says("a kept value holds a control character", "留存的值含有控制字符"),
    says("path: begins with one /", "path：以一个 / 开头"),
    says("path: only visible ASCII characters", "path：只能用可见的 ASCII 字符"),
    says(
        "{line} is not name = $.place or name = header Name, each name once",
        "{line} 不是 name = $.place 或 name = header Name 的写法（每个名称一次）",
        line="'x'",
    ),
    says("steps: {most} at most", "steps：至多 {most} 步", most="10"),
    says(
        "steps[{number}]: no earlier step keeps {missing:list}",
        "steps[{number}]：此前各步没有留存 {missing}",
        number="2",
        missing="token",
    ),
)

_ALERTS: Final = (
    says("{what}: a name appears twice among {names:list}", "{what}：{names} 中有重名", what="rules", names="a, a"),
    says(
        "{what}: {name} tells {missing:list}, which is no channel",
        "{what}：{name} 通知的 {missing} 不是通知渠道",
        what="rules",
        name="down",
        missing="x",
    ),
    says("secret: at least 16 characters", "secret：至少 16 个字符"),
    says("user: a login needs security starttls or implicit", "user：登录须将 security 设为 starttls 或 implicit"),
    says("n: {n} of the last {m} can never fail", "n：最近 {m} 次中不可能有 {n} 次失败", n="5", m="3"),
    says("escalate: each step comes later than the one before", "escalate：各级须逐级后延"),
    says("end: a silence ends later than it starts", "end：静默的结束须晚于开始"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_FACTS, *_REGISTERS, *_TARGETS, *_FIELDS, *_ALERTS)
