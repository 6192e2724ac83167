"""What is wrong with keys, sealed files, columns, and what a self-check is asked for."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_KEYS: Final = (
    says("there is no key {key}", "没有密钥 {key}", key="'k'"),
    says("there is no such key space", "没有此密钥空间"),
    says("there is no such wish", "没有此申请"),
    says("there is no such report", "没有此报告"),
    says("there is no act {act}; known: {known:list}", "没有操作 {act}；可用：{known}", act="'melt'", known="rotate"),
    says(
        "a deleted key waits {least} to {most} days, not {days}",
        "待销毁的密钥等待 {least} 至 {most} 天，而不是 {days}",
        least="7",
        most="30",
        days="3",
    ),
    says("the key is disabled or waits for destruction", "密钥已停用或正等待销毁"),
    says("this key was imported and may not be rotated here", "此密钥由外部导入，不得在此轮换"),
    says("the key is not disabled", "密钥并未停用"),
    says("the key waits for destruction already", "密钥已在等待销毁"),
    says("the key does not wait for destruction", "密钥并未等待销毁"),
    says("the vault cannot do it now: {why:reason}", "密码库现在无法执行：{why}", why="the disk is full"),
    says("the vault cannot be read: {why:reason}", "密码库无法读取：{why}", why="the disk is full"),
    says("role {role} does not {act} keys", "角色 {role} 不得对密钥执行 {act}", role="engineer", act="rotate"),
    says("role {role} does not decide on keys", "角色 {role} 不得决定密钥的销毁", role="engineer"),
    says("role {role} does not run self-checks", "角色 {role} 不得运行自评", role="third_party"),
    says("somebody asked for this key's destruction already", "此密钥的销毁已有人申请"),
    says("this wish was decided already", "此申请已有决定"),
    says("whoever asked for it does not decide on it", "申请人不得自行决定"),
)

_FILES: Final = (
    says(
        "a stream of the first format cannot be turned over in place; open it and seal it again",
        "第一版格式的密文流不能就地轮换；请解开后重新封装",
    ),
    says(
        "the sealed data key takes {octets} octets, a slot has {room}",
        "封装后的数据密钥为 {octets} 字节，槽位只有 {room} 字节",
        octets="2000",
        room="990",
    ),
    says("there is nothing of that name", "没有此名称的内容"),
)

_CHECK: Final = (
    says(
        "name something to look at: an endpoint, a configuration, a column, keys or packages",
        "请指明检测对象：端点、配置、字段、密钥或软件包",
    ),
    says(
        "at most {most} endpoints at a time, not {count}",
        "一次至多 {most} 个端点，而不是 {count} 个",
        most="20",
        count="21",
    ),
    says(
        "at most {most} values of a list, not {count}",
        "一个列表至多 {most} 个值，而不是 {count} 个",
        most="9",
        count="10",
    ),
    says("{name} does not resolve", "{name} 无法解析", name="host.invalid"),
    says("long work is not taken on now: the workers are not running", "现在不接受耗时的工作：后台任务未在运行"),
    says(
        "this endpoint may not be reached: {why:reason}",
        "此端点不得连接：{why}",
        why="10.0.0.1 is not a public address",
    ),
)

_TERMINAL: Final = (
    says(
        "what this key encrypted is lost once it is destroyed; say --yes when that is meant",
        "密钥销毁后，其所加密的内容即告丢失；确有此意请加 --yes",
    ),
    says("there is a key {name} already", "已有密钥 {name}", name="'k'"),
    says(
        "there is no token; set BAO_TOKEN, or name a file with --token-file",
        "没有令牌；请设置 BAO_TOKEN，或以 --token-file 指定文件",
    ),
    says("the token cannot be read: {why}", "令牌无法读取：{why}", why="No such file"),
    says(
        "at most {most} octets are signed at a time; sign a digest of it",
        "一次至多为 {most} 字节签名；请对其摘要签名",
        most="2097152",
    ),
    says("a report is a .docx, an .xlsx or a .json", "报告为 .docx、.xlsx 或 .json"),
    says("the file is larger than {most} octets", "文件大于 {most} 字节", most="1000"),
    says("the file is not text in UTF-8", "文件不是 UTF-8 文本"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_KEYS, *_FILES, *_CHECK, *_TERMINAL)
