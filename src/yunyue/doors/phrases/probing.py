"""What is wrong with orders for pages and probe points, with metrics and their rules, and with proofs of ownership."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_ORDERS: Final = (
    says("quorum: needs points", "quorum：须先填写 points"),
    says(
        "points: a probe of kind {kind} is made by the platform alone", "points：{kind} 拨测只由平台进行", kind="page"
    ),
    says("points: {name} is no name of a probe point", "points：{name} 不是拨测点名称", name="'a b'"),
    says(
        "quorum: {needed} of {all} points can never fail",
        "quorum：{all} 个拨测点中不可能有 {needed} 个失败",
        needed="3",
        all="2",
    ),
    says("interval_s: with points, {least} s at least", "interval_s：使用拨测点时至少 {least} 秒", least="5"),
    says(
        "interval_s: a page is visited every {least} s at most", "interval_s：页面至多每 {least} 秒访问一次", least="60"
    ),
    says(
        "icp: {number} has not the form of an ICP number, such as 京ICP备12345678号-1",
        "icp：{number} 不符合备案号的格式，例如 京ICP备12345678号-1",
        number="'x'",
    ),
    says(
        "registry: who shall be asked when the domain ends? An RDAP URL, or a WHOIS host:port",
        "registry：域名何时到期应向谁查询？请填 RDAP 的 URL，或 WHOIS 的 host:port",
    ),
    says("probes of kind page need chromium, which is not installed", "page 拨测需要 chromium，尚未安装"),
)

_POINTS: Final = (
    says("certificate: goes with key", "certificate：须与 key 一同填写"),
    says("token_file: a point needs a token or a certificate", "token_file：拨测点需要令牌或证书"),
    says("platform: a certificate is shown over https only", "platform：仅可通过 https 出示证书"),
    says("give the token by standard input", "请从标准输入给出令牌"),
    says("there is no error {error}", "没有名为 {error} 的错误", error="'fine'"),
)

_METRICS: Final = (
    says("query: a number by itself is no condition", "query：单独一个数不能作为条件"),
    says(
        "position {place:word}: {why:reason}", "第 {place} 个字符：{why}", place="5", why="bool goes with a comparison"
    ),
    says("at most {most} characters", "至多 {most} 个字符", most="4000"),
    says("a range is no result; put a function such as rate around it", "区间不能作为结果，请套用 rate 一类的函数"),
    says("a range is no operand; put a function such as rate around it", "区间不能参与运算，请套用 rate 一类的函数"),
    says("nothing is expected here", "此处不应再有内容"),
    says("{sign:word} is for series on both sides", "{sign} 的两侧都须是序列", sign="and"),
    says("bool goes with a comparison", "bool 只能与比较连用"),
    says("two numbers are compared with bool", "比较两个数须加 bool"),
    says("{word:word} is outside this part of PromQL", "{word} 不在所支持的 PromQL 范围内", word="group_left"),
    says("{word:word} here is outside this part of PromQL", "此处的 {word} 不在所支持的 PromQL 范围内", word="^"),
    says(
        "{word:word} is outside this part of PromQL; known: {known:list}",
        "{word} 不在所支持的 PromQL 范围内；可用：{known}",
        word="topk",
        known="rate, absent",
    ),
    says("nested more than {most} deep", "嵌套超过 {most} 层", most="50"),
    says("{word:word} is of series with one value each", "{word} 须作用于单值序列", word="sum"),
    says("{word:word} is of {what:reason}", "{word} 须作用于{what}", word="rate", what="a range such as [5m]"),
    says("a range such as [5m]", "区间，例如 [5m]"),
    says("series with one value each", "单值序列"),
    says("at least one label must say something", "至少须有一个标签作出限定"),
    says("=, !=, =~ or !~ is expected here", "此处应为 =、!=、=~ 或 !~"),
    says("a text in quotes is expected here", "此处应为带引号的文本"),
    says("{word:word} is no label", "{word} 不是标签", word="a:b"),
    says("a duration such as 5m is expected here", "此处应为时长，例如 5m"),
    says("a duration is longer than nothing", "时长须大于零"),
    says("{sign:word} is expected here", "此处应为 {sign}", sign=")"),
    says("{sign:word} is not expected here", "此处不应有 {sign}", sign="]"),
    says("{sign:quoted} means nothing here", "此处的 {sign} 没有意义", sign="'§'"),
    says("the end, where {what} is expected", "到此结束，此处应为 {what}", what=")"),
    says(
        "\\{sign:word} in a text is outside this part of PromQL",
        "文本中的 \\{sign} 不在所支持的 PromQL 范围内",
        sign="x",
    ),
    says(
        "this pattern repeats a group or looks around, which is outside this part",
        "此正则重复分组或使用环视，不在所支持的范围内",
    ),
    says("{text:quoted} is no regular expression: {why}", "{text} 不是正则表达式：{why}", text="'('", why="missing )"),
    says("this is no remote write 1.0: {why}", "这不是远程写入 1.0 的消息：{why}", why="it ends too early"),
    says(
        "a value is {seconds} s in the future; set that clock right",
        "有值晚于当前时间 {seconds} 秒；请校准该处时钟",
        seconds="3600",
    ),
    says("there are {most} series already; send fewer labels", "序列已达 {most} 条；请减少标签", most="200000"),
    says("the disk is full; nothing of this message was stored", "磁盘已满；此消息未存储任何内容"),
)

_OWNERSHIP: Final = (
    says("nothing was found at {place}: {why:reason}", "在 {place} 未找到内容：{why}", place="x TXT", why="timeout"),
    says("{place} does not say {word:word}", "{place} 的内容不是 {word}", place="x TXT", word="yunyue-proof=1"),
    says("an address is granted by two people, and proven by nothing", "地址须由两人登记，无法通过查询证明"),
    says("a department is needed", "须填写使用部门"),
    says("{name:quoted} is no public name", "{name} 不是公网域名", name="'x'"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_ORDERS, *_POINTS, *_METRICS, *_OWNERSHIP)
