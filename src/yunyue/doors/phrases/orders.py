"""Why an order was not placed, approved or provided, and why a service did not do what it was asked."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_ORDERS: Final = (
    says(
        "there is no contract {contract}; registered: {known:list}",
        "没有合同 {contract}；已载入的有：{known}",
        contract="'x'",
        known="beijing-2024",
    ),
    says("no contract may be called {name}", "合同不得命名为 {name}", name="'installation'"),
    says(
        "contract {contract} is registered with other terms; terms change by supplement only",
        "合同 {contract} 已以其他条款载入；条款只能以补充协议变更",
        contract="beijing-2024",
    ),
    says("{broken:reason}; run journal fsck", "{broken}；请运行 yunyue journal fsck", broken="leaf 3 is missing"),
    says("there is no order {order}", "没有订单 {order}", order="'o-1'"),
    says(
        "{month} is no month of the term {start} to {end}",
        "{month} 不是合同期 {start} 至 {end} 的服务月",
        month="2030-01",
        start="2024-04-11",
        end="2025-04-10",
    ),
)

_SERVICES: Final = (
    says("two services are called {service}", "有两个服务同名 {service}", service="'os'"),
    says(
        "there is no service {service}; known: {known:list}",
        "没有服务 {service}；已知服务：{known}",
        service="'x'",
        known="os, scan",
    ),
    says(
        "{first} is a second service {service}", "{first} 是第二个名为 {service} 的服务", first="a.b:C", service="'os'"
    ),
    says("{point} cannot be loaded: {why}", "{point} 无法加载：{why}", point="a.b:C", why="ImportError: x"),
    says("{point} has not the shape of a service", "{point} 不具备服务的接口", point="a.b:C"),
    says("{point} calls itself {name}", "{point} 自称 {name}", point="a.b:C", name="'x'"),
    says(
        "there is no action {action}; known: {known:list}",
        "没有操作 {action}；可用的有：{known}",
        action="'x'",
        known="pause, resume",
    ),
    says("there is no action {action}; known: ", "没有操作 {action}；此服务没有任何操作", action="'x'"),
    says("there is no instance of order {order}", "订单 {order} 没有实例", order="'o-1'"),
    says("there is no instance {instance}", "没有实例 {instance}", instance="'o-1'"),
    says("order {order} was retired; place a new one", "订单 {order} 已退役；请另下新订单", order="o-1"),
    says("order {order} is provided with other parameters", "订单 {order} 已以其他参数开通", order="o-1"),
    says("the instance is retired; place a new order", "该实例已退役；请另下新订单"),
    says("the instance is retired", "该实例已退役"),
    says(
        "the instance is {found:reason}, not {wanted:reason}",
        "该实例{found}，不是{wanted}",
        found="paused",
        wanted="running",
    ),
    says("running", "正在运行"),
    says("paused", "已暂停"),
    says("retired", "已退役"),
    says("a window begins and ends on a whole minute", "时段须起止于整分钟"),
    says(
        "{count} samples of {order} are not sealed yet; seal them first",
        "{order} 尚有 {count} 个样本未封存；请先封存",
        count="5",
        order="o-1",
    ),
    says(
        "the window rests on over {count} files; ask for shorter ones",
        "此时段所依文件超过 {count} 个；请缩短时段",
        count="100",
    ),
)

_CRYPTO: Final = (
    says("the vault was not made yet; run: bao operator init", "密码库尚未建立；请运行：bao operator init"),
    says("the vault is sealed; unseal it first: bao operator unseal", "密码库已封存；请先解封：bao operator unseal"),
    says("the vault does not answer: {why}", "密码库没有应答：{why}", why="Connection refused"),
    says("Vault is already initialized", "密码库已经初始化"),
    says("Vault is not initialized", "密码库尚未初始化"),
    says("the shares do not open this vault", "这些份额不能打开此密码库"),
    says(
        "a threshold of {threshold} of {shares} shares is not between 2 and {most}",
        "门限 {threshold}（共 {shares} 份）不在 2 至 {most} 之间",
        threshold="1",
        shares="5",
        most="255",
    ),
    says("a share was given twice, or is no share", "某份额给出两次，或不是份额"),
    says("shares of different secrets", "份额属于不同的秘密"),
    says("invalid mount path {path}", "挂载路径 {path} 无效", path="'sys/'"),
    says("path is already in use at {path}", "路径 {path} 已被占用", path="transit/"),
    says("plugin not found in the catalog: {kind}", "目录中没有此类引擎：{kind}", kind="x"),
    says("the key for development cannot be read: {why}", "无法读取开发用密钥：{why}", why="Permission denied"),
    says("there is no vault for development here: {why}", "此处没有开发用密码库：{why}", why="No such file"),
    says("'key' must be a valid hex or base64 string", "“key” 须为十六进制或 base64 文本"),
    says(
        "'key' must be specified in request body as JSON, or 'reset' set to true",
        "请求正文须以 JSON 给出 “key”，或将 “reset” 设为 true",
    ),
    says(
        "{field}: {why:reason}; nothing was written",
        "{field}：{why}；未写入任何内容",
        field="name",
        why="the vault does not answer: timed out",
    ),
    says("the stream was changed, cut off, or is not whole", "数据流被改动、截断或不完整"),
    says(
        "a cipher of {known:list} and pieces of up to {most} octets",
        "算法须为 {known} 之一，每块至多 {most} 字节",
        known="sm4-gcm, aes-256-gcm",
        most="65536",
    ),
    says("a stream has at most 2^32 pieces; choose larger ones", "一个数据流至多 2^32 块；请用更大的块"),
    says("no stream that was sealed here", "不是在此密封的数据流"),
    says("status {status}", "状态码 {status}", status="503"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_ORDERS, *_SERVICES, *_CRYPTO)
