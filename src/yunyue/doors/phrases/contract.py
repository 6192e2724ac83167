"""What can be wrong in the files of a contract: their shape and their values. `agreement` has the contradictions."""

from typing import Final

from yunyue.doors.phrases.agreement import PHRASES as AGREEMENT
from yunyue.doors.phrases.phrase import Phrase, says

_FILES: Final = (
    says("this file is missing", "缺少此文件"),
    says("no file of a contract; {files:list} are", "不是合同的文件；合同文件为 {files}", files="terms.toml, sla.toml"),
    says("more than {count} characters", "超过 {count} 个字符", count="1000000"),
    says("lists or tables lie too deep inside each other", "列表或表嵌套过深"),
    says("a whole number has thousands of digits", "某个整数有数千位"),
    says("not TOML: {why:reason}", "不是 TOML：{why}", why="Invalid value"),
    says("belongs in {file}", "应写在 {file} 中", file="sla.toml"),
    says(
        "there is no template {kind}; there are {known:list}",
        "没有模板 {kind}；可用的有 {known}",
        kind="'x'",
        known="a, b",
    ),
    says(
        "this is not the canonical form of these terms, such as 0.50 for 0.5",
        "这不是条款的规范写法，例如把 0.5 写成了 0.50",
    ),
)

_SHAPE: Final = (
    says("must be a table", "须为表"),
    says("must be a list of tables", "须为由表组成的列表"),
    says("unknown key; known here are {known:list}", "没有这个键；此处可用的有 {known}", known="start, end"),
    says("this key is missing", "缺少此键"),
    says(
        "{name:reason} already names element {number} of this list",
        "{name} 已是本列表第 {number} 项的名称",
        name="'a'",
        number="2",
    ),
)

_VALUES: Final = (
    says("must be text in quotation marks, not {found:reason}", "须为加引号的文本，而不是{found}", found="a list"),
    says("must be text of 1 to {most} characters", "须为 1 至 {most} 个字符的文本", most="2000"),
    says("must be one line of text without control characters", "须为一行文本，不含控制字符"),
    says(
        "must match {rule:reason}, and {found:reason} does not",
        "须符合 {rule}，而 {found} 不符合",
        rule="^[a-z]$",
        found="'A'",
    ),
    says(
        "must be a whole number without quotation marks, not {found:reason}",
        "须为不加引号的整数，而不是{found}",
        found="a list",
    ),
    says(
        "must be from {least} to {most}, and {found:reason} is not",
        "须在 {least} 至 {most} 之间，而 {found} 不是",
        least="1",
        most="9",
        found="12",
    ),
    says(
        "must be at least {least}, and {found:reason} is not", "须不小于 {least}，而 {found} 不是", least="1", found="0"
    ),
    says("must be true or false, not {found:reason}", "须为 true 或 false，而不是{found}", found="a list"),
    says(
        "must be a day such as 2024-04-11, without quotation marks and without a time, not {found:reason}",
        "须为日期，例如 2024-04-11，不加引号，不带时刻，而不是{found}",
        found="a table",
    ),
    says(
        'an amount is written as text, such as "958397.20", so that it is exact; not {found:reason}',
        "金额须写成文本，例如 “958397.20”，以保持精确，而不是{found}",
        found="the number 12",
    ),
    says(
        "an amount of the terms is not negative, and {found} is", "条款中的金额不得为负，而 {found} 为负", found="-1.00"
    ),
    says(
        'a share, rate or quantity is written as text, such as "0.0001", not {found:reason}',
        "比例、费率、数量须写成文本，例如 “0.0001”，而不是{found}",
        found="the number 12",
    ),
    says(
        'must be plain digits with at most 12 decimals, such as "0.0001", and {found:reason} is not',
        "须为普通数字，至多 12 位小数，例如 “0.0001”，而 {found} 不是",
        found="'1e5'",
    ),
    says(
        "must be one of {known:list}, not {found:reason}",
        "须为 {known} 之一，而不是 {found}",
        known="a, b",
        found="'c'",
    ),
)

_CHANGES: Final = (
    says("one supplement may change a term only once", "一份补充协议对同一条款只能变更一次"),
    says("a name that facts and paths refer to cannot be changed", "事实与路径所引用的名称不得变更"),
    says(
        "{key} must be {name}, as in the path, or be left out",
        "{key} 须与路径中的 {name} 一致，或省略",
        key="code",
        name="scan.run",
    ),
    says(
        "names a table or list, whose value is written in TOML: {why:reason}",
        "所指为表或列表，其值须以 TOML 写出：{why}",
        why="Invalid value",
    ),
    says("must be one TOML value", "须为一个 TOML 值"),
    says("there is no {name} here; there is {known:list}", "此处没有 {name}；有 {known}", name="'x'", known="a, b"),
    says(
        "on {day} the terms would not hold: {why:reason}",
        "自 {day} 起条款将不成立：{why}",
        day="2024-08-01",
        why="must be a table",
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_FILES, *_SHAPE, *_VALUES, *_CHANGES, *AGREEMENT)
