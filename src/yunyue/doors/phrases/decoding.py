"""What the readers of JSON, of TOML and of typed values say when a value has not the shape asked for."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_FIELDS: Final = (
    says("missing required field `{field:code}`", "缺少必填字段 `{field}`", field="document"),
    says("Object missing required field `{field:code}`", "缺少必填字段 `{field}`", field="document"),
    says(
        "unknown field `{field:code}`; the fields of {kind} are {known:list}",
        "没有字段 `{field}`；{kind} 的字段为 {known}",
        field="x",
        kind="order.placed",
        known="order, item",
    ),
    says("unknown field `{field:code}`; there are no fields", "没有字段 `{field}`；此处不需要任何字段", field="x"),
    says("unknown field `{field:code}`", "没有字段 `{field}`", field="x"),
    says("Object contains unknown field `{field:code}`", "没有字段 `{field}`", field="x"),
)

_SIZES: Final = (
    says("Expected `{kind:type}` of length >= {bound}", "须为长度不小于 {bound} 的{kind}", kind="str", bound="1"),
    says("Expected `{kind:type}` of length <= {bound}", "须为长度不大于 {bound} 的{kind}", kind="str", bound="9"),
    says("Expected `array` of at least length {bound}", "须为长度不小于 {bound} 的 `array`", bound="1"),
    says(
        "Expected `{kind:type}` of length {bound}, got {found}",
        "须为长度 {bound} 的{kind}，而不是{found}",
        kind="array",
        bound="2",
        found="3",
    ),
    says(
        "Expected `{kind:type}` of length {least} to {most}, got {found}",
        "须为长度 {least} 至 {most} 的{kind}，而不是{found}",
        kind="array",
        least="1",
        most="2",
        found="3",
    ),
    says("Expected `{kind:type}` >= {bound}", "须为不小于 {bound} 的{kind}", kind="int", bound="1"),
    says("Expected `{kind:type}` <= {bound}", "须为不大于 {bound} 的{kind}", kind="int", bound="99"),
    says("Expected `{kind:type}` > {bound}", "须为大于 {bound} 的{kind}", kind="int", bound="0"),
    says("Expected `{kind:type}` < {bound}", "须为小于 {bound} 的{kind}", kind="int", bound="9"),
    says("Expected `{kind:type}` that's a multiple of {bound}", "须为 {bound} 的倍数（{kind}）", kind="int", bound="5"),
)

_KINDS: Final = (
    says(
        "Expected `str` matching regex '{regex:reason}'",
        "须为{regex}",
        regex="^[A-Za-z0-9_-]*$",
    ),
    says("Expected `{kind:type}` with a timezone component", "须为带时区的{kind}", kind="datetime"),
    says("Expected `{kind:type}` with no timezone component", "须为不带时区的{kind}", kind="datetime"),
    says("Expected `{kind:type}`, got `{found:type}`", "须为{kind}，而不是{found}", kind="int", found="str"),
    says("Expected `{kind:type}`", "须为{kind}", kind="int"),
    says("Invalid enum value {value}", "不可用的值 {value}", value="'x'"),
    says("Invalid value {value}", "不可用的值 {value}", value="'x'"),
    says(
        "Invalid RFC3339 encoded {kind}",
        "不是 RFC 3339 写法的 {kind}（例如 2024-05-24 或 2024-05-24T10:00:00+08:00）",
        kind="date",
    ),
    says("Invalid decimal string", "不是十进制数"),
    says("Invalid UUID", "不是 UUID"),
    says("Invalid base64 encoded string", "不是 base64 文本"),
    says("Invalid ISO8601 duration", "不是 ISO 8601 时长"),
    says("Integer value out of range", "整数超出范围"),
    says("Number out of range", "数超出范围"),
    says(
        "Expected a decimal from {low} to {high}, got {found}",
        "须为 {low} 至 {high} 之间的十进制数，而不是{found}",
        low="0",
        high="1",
        found="2",
    ),
    says(
        "Expected plain digits with at most 6 decimals, got {found}",
        "须为普通数字，至多 6 位小数，而不是{found}",
        found="1E-9",
    ),
    says(
        "Expected an end not before the start {start}, got {end}",
        "结束 {end} 不得早于开始 {start}",
        start="2024-05-02T00:00:00+08:00",
        end="2024-05-01T00:00:00+08:00",
    ),
    says(
        "Expected one of {known:list}, not {found}", "须为 {known} 之一，而不是{found}", known="os, scan", found="'x'"
    ),
)

_WORDS: Final = (
    says(
        "Expected an id: letters, digits, . _ : / -, beginning with a letter or digit, at most 128 characters",
        "须为编号：字母、数字和 . _ : / -，以字母或数字开头，至多 128 个字符",
    ),
    says(
        "Expected a digest: sha256: or sm3: and 64 digits of 0-9 a-f",
        "须为摘要：sha256: 或 sm3: 后接 64 位十六进制数字（0-9 a-f）",
    ),
    says("Expected a month such as 2024-06", "须为月份，例如 2024-06"),
    says(
        "Expected an allowance such as 30 min, 4 h or 3 wd (working days)",
        "须为时限，例如 30 min、4 h 或 3 wd（工作日）",
    ),
    says("Expected a time of day such as 09:00", "须为时刻，例如 09:00"),
    says(
        "Expected an actor such as client or client:li: a word in small "
        "letters, perhaps a colon and 1 to 64 letters, digits, . _ -",
        "须为记录人，例如 client 或 client:li：小写单词，可再接冒号和 1 至 64 个字母、数字或 . _ -",
    ),
    says(
        "Expected a source such as /cli: a slash and 1 to 120 small letters, digits, / _ -",
        "须为来源，例如 /cli：斜杠后接 1 至 120 个小写字母、数字或 / _ -",
    ),
    says(
        "Expected a dotted path such as price.total: small letters, digits and _, then parts of letters, digits, _ -",
        "须为以点分隔的路径，例如 price.total：先为小写字母、数字和 _，其后各段为字母、数字、_ -",
    ),
)

_REGEXES: Final = (
    # As they are repeated in a message: with their backslashes doubled.
    says("^[a-z0-9][a-z0-9._-]{0,63}$", "小写字母、数字和 . _ -（以字母或数字开头，至多 64 个字符）"),
    says("^[a-z0-9][a-z0-9_-]{0,63}$", "小写字母、数字和 _ -（以字母或数字开头，至多 64 个字符）"),
    says("^[a-z0-9][a-z0-9_.-]{0,62}$", "小写字母、数字和 _ . -（以字母或数字开头，至多 63 个字符）"),
    says("^[A-Za-z0-9][A-Za-z0-9./_-]{0,199}$", "字母、数字和 . / _ -（以字母或数字开头，至多 200 个字符）"),
    says("^(https?://[^\\\\s/]+)?$", "http:// 或 https:// 开头、不带路径的地址，或留空"),
    says("^(sqlite|postgresql://\\\\S+)$", "sqlite，或以 postgresql:// 开头的地址"),
    says("^[A-Za-z0-9.:_*\\\\[\\\\]-]+$", "主机名或地址（字母、数字和 . : _ * [ ] -）"),
    says("^[A-Za-z0-9_-]*$", "字母、数字和 _ -"),
    says("^[^\\\\s@<>]+@[^\\\\s@<>]+$", "电子邮件地址"),
)

_JSON: Final = (
    says(
        "JSON is malformed: {why:reason} (byte {at})",
        "JSON 有误：{why}（第 {at} 字节）",
        why="invalid character",
        at="3",
    ),
    says("Input data was truncated", "内容不完整"),
    says("invalid character", "无效字符"),
    says("trailing characters", "末尾有多余字符"),
    says("trailing comma in object", "对象末尾有多余逗号"),
    says("trailing comma in array", "列表末尾有多余逗号"),
    says("expected ',' or '}'", "此处应为 “,” 或 “}”"),
    says("expected ',' or ']'", "此处应为 “,” 或 “]”"),
    says("expected ':'", "此处应为 “:”"),
    says("expected '\"'", "此处应为引号"),
    says("object keys must be strings", "对象的键须为文本"),
    says("invalid escape character in string", "文本中有无效的转义"),
    says("invalid number", "无效的数"),
    says(
        "{why:reason}: line {line} column {column} (char {at})",
        "{why}（第 {line} 行第 {column} 列，第 {at} 字符）",
        why="Extra data",
        line="1",
        column="1",
        at="0",
    ),
    says("Extra data", "末尾有多余内容"),
    says("Expecting value", "此处缺少值"),
    says("Expecting property name enclosed in double quotes", "此处应为加双引号的键"),
    says("Expecting ':' delimiter", "此处应为 “:”"),
    says("Expecting ',' delimiter", "此处应为 “,”"),
    says("Unterminated string starting at", "文本没有结束的引号，始于此处"),
    says("Invalid \\escape", "无效的转义"),
    says("Invalid control character at", "此处有控制字符"),
    says("Illegal trailing comma before end of object", "对象末尾有多余逗号"),
    says("Illegal trailing comma before end of array", "列表末尾有多余逗号"),
    says("Invalid UTF-8 encoding: byte {at}", "第 {at} 字节不是 UTF-8 文本", at="3"),
    says(
        "'utf-8' codec can't decode byte {byte} in position {at}: {why:dropped}",
        "第 {at} 字节（{byte}）不是 UTF-8 文本",
        byte="0xff",
        at="0",
        why="invalid start byte",
    ),
    says("Invalid isoformat string: {text}", "不是日期：{text}", text="'2024-13-01'"),
    says(
        "{rule:reason} - at `{place:code}`",
        "{rule}（位于 `{place}`）",
        rule="Expected `int`, got `str`",
        place="$.steps[0]",
    ),
)

_TOML: Final = (
    says(
        "{why:reason} (at line {line}, column {column})",
        "{why}（第 {line} 行第 {column} 列）",
        why="Cannot overwrite a value",
        line="3",
        column="7",
    ),
    says("{why:reason} (at end of document)", "{why}（文件末尾）", why="Unterminated string"),
    says("Invalid value", "值无效"),
    says("Invalid statement", "语句无效"),
    says("Invalid date or datetime", "日期或时刻无效"),
    says("Cannot overwrite a value", "同一个键写了两次"),
    says("Cannot declare {place} twice", "{place} 声明了两次", place="('price',)"),
    says("Cannot mutate immutable namespace {place}", "{place} 已写定，不能再添加", place="('price',)"),
    says("Cannot redefine namespace {place}", "{place} 不能重新定义", place="('price',)"),
    says("Expected '=' after a key in a key/value pair", "键之后应为 “=”"),
    says("Expected newline or end of document after a statement", "语句之后应换行"),
    says("Expected ']' at the end of a table declaration", "表名之后应为 “]”"),
    says("Expected ']]' at the end of an array declaration", "表数组名之后应为 “]]”"),
    says("Expected {mark:quoted}", "此处应为 {mark}", mark="']'"),
    says("Unclosed array", "列表没有结束的 “]”"),
    says("Unclosed inline table", "行内表没有结束的 “}”"),
    says("Unterminated string", "文本没有结束的引号"),
    says("Unescaped '\\' in a string", "文本中的 “\\” 须转义"),
    says("Illegal character {character}", "不允许的字符 {character}", character="'\\n'"),
    says("Found invalid character {character}", "不允许的字符 {character}", character="'\\n'"),
    says("Duplicate inline table key {key}", "行内表中键 {key} 重复", key="'a'"),
    says("Invalid hex value", "十六进制写法无效"),
    says("Invalid initial character for a key part", "键的首字符无效"),
    says("Escaped character is not a Unicode scalar value", "转义的字符不是 Unicode 字符"),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_FIELDS, *_WORDS, *_REGEXES, *_SIZES, *_KINDS, *_JSON, *_TOML)
