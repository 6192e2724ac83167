"""What is wrong with a settlement statement that is read back from JSON."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says("must be {format}", "须为 {format}", format="yunyue-statement/1"),
    says("not the sums of the lines", "不是各行之和"),
    says("must be one of {known:list}", "须为 {known} 之一", known="due, settled"),
    says("must have {count} entries", "须有 {count} 项", count="2"),
    says("must have exactly the keys {keys:list}", "须恰有键 {keys}", keys="id, clause"),
    says("must be a node, at most {deepest} levels deep", "须为节点，至多 {deepest} 层", deepest="40"),
    says("must be a list", "须为列表"),
    says("not a term, fact, given or known operation", "不是条款、事实、给定值或已知运算"),
    says("must be a whole number, a number as text, or a day", "须为整数、写成文本的数或日期"),
    says("must be text", "须为文本"),
    says("must be a whole number", "须为整数"),
    says("must be true or false", "须为 true 或 false"),
    says("must be a day", "须为日期"),
    says("must be a moment", "须为时刻"),
    says("must be in Beijing time", "须为北京时间"),
    says("must have two decimals and no commas", "须有两位小数，不用逗号"),
)
