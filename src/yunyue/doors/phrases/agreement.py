"""Where the terms of a contract contradict themselves or a clause; what is no amount, no rate, no share."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

_SUMS: Final = (
    says(
        "the term may not end ({end}) before it starts ({start})",
        "合同期的结束（{end}）不得早于开始（{start}）",
        end="2024-01-01",
        start="2024-04-11",
    ),
    says(
        "{cover} is more than {days} days from the first day {start}",
        "{cover} 与合同期首日 {start} 相距超过 {days} 天",
        cover="2020-01-01",
        days="366",
        start="2024-04-11",
    ),
    says("the total must be more than 0.00", "总金额须大于 0.00"),
    says(
        "the words say {said}, the figure says {amount}, which is {words}",
        "大写为 {said}，小写为 {amount}，其大写应为{words}",
        said="2.00",
        amount="1.00",
        words="壹元整",
    ),
    says(
        "must be numbered {wanted:list} in this order, not {found:list}",
        "须依次编号为 {wanted}，而不是 {found}",
        wanted="1, 2",
        found="2, 1",
    ),
    says(
        "the amounts sum to {sum}, the total is {total}",
        "各期金额合计 {sum}，总金额为 {total}",
        sum="1.00",
        total="2.00",
    ),
    says(
        "{share} of {whole} is {amount}, not {found}",
        "{whole} 的 {share} 为 {amount}，而不是 {found}",
        share="0.5",
        whole="2.00",
        amount="1.00",
        found="3.00",
    ),
    says(
        "{each} copies for each of the two sides are {both}, not {copies}",
        "双方各执 {each} 份，共 {both} 份，而不是 {copies} 份",
        each="3",
        both="6",
        copies="5",
    ),
    says(
        "the items sum to {sum}, and the total is {total}; it is all-in",
        "各目录项合计 {sum}，总金额为 {total}；总金额为包干价",
        sum="1.00",
        total="2.00",
    ),
    says(
        "must be {product} exactly, and {amount} is not ({again} = {exact} yuan)",
        "须恰为 {product}，而 {amount} 不是（{again} = {exact} 元）",
        product="2 × 1.00",
        amount="3.00",
        again="2 × 1.00",
        exact="2",
    ),
)

_READINGS: Final = (
    says("reading A8 is capped, so the cap must be given", "文义选择 A8 为 capped，须给出上限"),
    says("a cap counts only with reading A8 = capped", "仅当文义选择 A8 = capped 时上限才有效"),
    says("this reading is missing", "缺少此文义选择"),
    says("no such reading; they run from A1 to A24", "没有此文义选择；编号为 A1 至 A24"),
    says(
        "reading A3 takes the cover date for the day of signing, so it must be given",
        "文义选择 A3 以封面日期为签订日，须给出封面日期",
    ),
    says("no item of the catalogue belongs to {service}", "没有目录项属于服务 {service}", service="scan"),
    says(
        "must be {bound:reason}, and {found} is not",
        "须{bound}，而 {found} 不是",
        bound="below the rung before (0.9)",
        found="0.95",
    ),
    says("below the rung before ({above})", "低于前一档（{above}）", above="0.99"),
    says("not above the target ({above})", "不高于目标值（{above}）", above="0.99"),
    says("must rise from rung to rung, and {share} does not", "须逐档递增，而 {share} 没有", share="0.05"),
)

_MONEY: Final = (
    says(
        "{value} is not an amount of money: {rule:reason}", "{value} 不是金额：{rule}", value="'x'", rule="it is empty"
    ),
    says(
        "{value} is not a rate: {rule:reason}",
        "{value} 不是费率：{rule}",
        value="'x'",
        rule="a rate is written as text, so that it is exact, not int",
    ),
    says("it is empty", "内容为空"),
    says("it has more than {count} characters", "超过 {count} 个字符", count="64"),
    says("yuan have at most two decimals (jiao and fen)", "元以下至多两位小数（角、分）"),
    says("commas may only part every three digits, counted from the right", "逗号只能自右起每三位分隔一次"),
    says(
        'write a sign if any, digits, and one or two decimals if any, such as "958397.20"',
        "依次写正负号（如有）、数字、一至两位小数（如有），例如 “958397.20”",
    ),
    says("fen are counted in int, not {kind}", "分须以整数计，而不是 {kind}", kind="float"),
    says("an amount stays below 10**17 fen (1000 万亿 yuan) either way", "金额的绝对值须小于 10**17 分（1000 万亿元）"),
    says("an amount is written as text, not {kind}", "金额须写成文本，而不是 {kind}", kind="int"),
    says(
        "a rate is written as text, so that it is exact, not {kind}",
        "费率须写成文本以保持精确，而不是 {kind}",
        kind="float",
    ),
    says(
        'write a decimal ("0.0001"), a percentage ("50%") or parts of a whole ("万分之一")',
        "请写小数（“0.0001”）、百分数（“50%”）或分数（“万分之一”）",
    ),
    says("{parts} is not a Chinese numeral from 一 to 九十九", "{parts} 不是一至九十九的中文数字", parts="'百'"),
    says("a negative amount has no capital form ({rules})", "负数没有大写金额（{rules}）", rules="中国人民银行"),
    says("an amount in words is text, not {kind}", "大写金额须为文本，而不是 {kind}", kind="int"),
    says(
        "its characters count up to {amount}, which is written {words} ({rules})",
        "其各字合计为 {amount}，应写作{words}（{rules}）",
        amount="1.00",
        words="壹元整",
        rules="中国人民银行",
    ),
    says(
        "{character} is none of {known} ({rules})",
        "{character} 不是 {known} 之一（{rules}）",
        character="一",
        known="壹元整",
        rules="中国人民银行",
    ),
    says(
        "{total} yuan cannot be split {count} ways: after rounding, {last} would remain",
        "{total} 元不能分为 {count} 期：舍入后余 {last}",
        total="0.01",
        count="3",
        last="-0.01",
    ),
    says("a share may not be negative, and {share} is", "比例不得为负，而 {share} 为负", share="-1/2"),
    says("shares must sum to 1, and no share at all is {sum}", "各期比例之和须为 1，而一期也没有，合计 {sum}", sum="0"),
    says(
        "shares must sum to 1, and {shares} is {sum}",
        "各期比例之和须为 1，而 {shares} 为 {sum}",
        shares="1/2 + 1/3",
        sum="5/6",
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (*_SUMS, *_READINGS, *_MONEY)
