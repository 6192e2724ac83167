"""What is wrong with a calendar of working days."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says(
        "no State Council notice on the holidays of {year}: the calendar knows {span}. The notice appears in "
        "October or November of the year before; until then ask for an estimate, or wait (reading A23)",
        "没有国务院 {year} 年放假安排的通知：日历所载为 {span}。"
        "通知于上一年 10 月或 11 月发布；在此之前请作估算，或等待（文义选择 A23）",
        year="2030",
        span="2024 to 2026",
    ),
    says("the working day asked for lies outside the years 1 to 9999", "所求工作日不在公元 1 至 9999 年之内"),
    says(
        "not a calendar of working days: {place}: {rule:reason}",
        "不是工作日日历：{place}：{rule}",
        place="years",
        rule="it must be an object keyed by year",
    ),
    says(
        "a calendar has announced years, unless it is Monday to Friday only",
        "日历须载有已公布的年份，除非只按周一至周五",
    ),
    says('it must have the key "years", and "beyond" if any', "须有键 “years”，以及 “beyond”（如有）"),
    says("it must be an object keyed by year", "须为以年份为键的对象"),
    says("it must be one of {known:list}, not {found}", "须为 {known} 之一，而不是 {found}", known="a, b", found="'x'"),
    says("years follow one another, and it follows {year}", "年份须连续，而它接在 {year} 之后", year="2020"),
    says(
        "{day} is off in one notice and worked in another", "{day} 在一份通知中放假，在另一份中上班", day="2024-02-04"
    ),
    says("a year lies between {first} and {last}", "年份须在 {first} 至 {last} 之间", first="1", last="9999"),
    says("a year cites the notice it rests on", "每年须引用所依的通知"),
    says(
        "{day} is no Saturday or Sunday, so it makes up for nothing", "{day} 不是周六或周日，无从调休", day="2024-02-05"
    ),
    says("{day} is both off and worked", "{day} 既放假又上班", day="2024-02-04"),
    says("a year is written with four digits, not {found}", "年份写作四位数字，而不是 {found}", found="'24'"),
    says("it must have exactly the keys {keys:list}", "须恰有键 {keys}", keys="notice, off"),
    says("it must be text", "须为文本"),
    says(
        "days must be in order and named once, and {later} follows {earlier}",
        "日期须依次且不重复，而 {later} 接在 {earlier} 之后",
        later="2024-01-01",
        earlier="2024-01-02",
    ),
    says(
        "{day} lies neither in {year} nor in the December before",
        "{day} 不在 {year} 年，也不在此前的十二月",
        day="2022-01-01",
        year="2024",
    ),
    says("it must be a list of days", "须为日期列表"),
    says("a day is written like 2024-02-04, not {found}", "日期写作 2024-02-04，而不是 {found}", found="'x'"),
    says(
        "{day} is no day of the calendar ({why:dropped})",
        "{day} 不是历法中的日子",
        day="2024-02-30",
        why="day is out of range for month",
    ),
)
