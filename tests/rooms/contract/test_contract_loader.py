"""Malformed files are refused with file, line, key and rule; well-formed ones become terms."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.contract import FILES, Problem, Terms, read
from yunyue.contract.loader import LONGEST

Texts = dict[str, str]


@dataclass(frozen=True)
class Case:
    """`old` becomes `new` in a file; the problem stands on the line that reads `line` (by default the new one)."""

    name: str
    file: str
    old: str
    new: str
    key: str
    rule: str
    clause: str
    line: str | None = None


TERMS, CATALOGUE, SLA, READINGS = FILES

SHAPES = [
    Case("a total as a float", TERMS, 'total = "1916794.40"', "total = 1916794.40", "price.total", "float", "C02"),
    Case("a total as a whole number", TERMS, 'total = "1916794.40"', "total = 1916794", "price.total", "text", "C02"),
    Case("a total with three decimals", TERMS, '"1916794.40"', '"1916794.405"', "price.total", "two decimals", "C02",
         'total = "1916794.405"'),
    Case("a negative total", TERMS, '"1916794.40"', '"-1916794.40"', "price.total", "not negative", "C02",
         'total = "-1916794.40"'),
    Case("a total beyond all bounds", TERMS, '"1916794.40"', f'"1{"0" * 15}"', "price.total", "1000 万亿", "C02",
         f'total = "1{"0" * 15}"'),
    Case("a share as a float", TERMS, 'share = "0.3"', "share = 0.3", "instalments.2.share", "float", "C06"),
    Case("a share above 1", TERMS, 'share = "0.3"', 'share = "1.3"', "instalments.2.share", "from 0 to 1", "C06"),
    Case("a share with a sign", TERMS, 'share = "0.3"', 'share = "-0.3"', "instalments.2.share", "digits", "C06"),
    Case("a share with an exponent", TERMS, 'share = "0.3"', 'share = "3e-1"', "instalments.2.share", "digits", "C06"),
    Case("a share that is no number", TERMS, 'share = "0.3"', 'share = "NaN"', "instalments.2.share", "digits", "C06"),
    Case("a rate as a percentage", TERMS, 'provider_daily = "0.0001" #', 'provider_daily = "0.01%" #',
         "penalties.provider_daily", "digits", "C11",
         'provider_daily = "0.01%" # 九(二): of the total, per day'),
    Case("a day in quotation marks", TERMS, "start = 2024-04-11", 'start = "2024-04-11"', "term.start", "a day", "C01"),
    Case("a moment for a day", TERMS, "end = 2024-12-31", "end = 2024-12-31T10:00:00", "term.end", "a day", "C01"),
    Case("a day as a number", TERMS, "end = 2024-12-31", "end = 20241231", "term.end", "a day", "C01"),
    Case("days as text", TERMS, "certificate_days = 14", 'certificate_days = "14"', "majeure.certificate_days",
         "whole number", "C28"),
    Case("days as a truth", TERMS, "certificate_days = 14", "certificate_days = true", "majeure.certificate_days",
         "whole number", "C28"),
    Case("negative days", TERMS, "negotiate_after_days = 60", "negotiate_after_days = -60",
         "majeure.negotiate_after_days", "from 0", "C31"),
    Case("no failed acceptance at all", TERMS, "failed_acceptances = 2", "failed_acceptances = 0",
         "penalties.failed_acceptances", "at least 1", "C14",
         "failed_acceptances = 0 # 九(三): the second acceptance failed"),
    Case("a truth as text", TERMS, "needs_delivery = true", 'needs_delivery = "yes"',
         "instalments.3.needs_delivery", "true or false", "C06", 'needs_delivery = "yes" # and all services delivered'),
    Case("an unknown milestone", TERMS, 'after = "midterm"', 'after = "middle"', "instalments.2.after",
         "final, midterm, signing", "C06"),
    Case("an instalment's number used twice", TERMS, "number = 2\nclause", "number = 1\nclause", "instalments.1.number",
         "already names", "C06", "number = 1"),
    Case("an unknown key", TERMS, "copies = 6", "copys = 6\ncopies = 6", "papers.copys", "unknown key", "",
         "copys = 6"),
    Case("an unknown table", TERMS, "[majeure]", "[weather]\nrain = 1\n\n[majeure]", "weather", "unknown key", "",
         "[weather]"),
    Case("a missing key", TERMS, "copies = 6\n", "", "papers.copies", "missing", "C35", "[papers] # 十二(六)"),
    Case("a missing key of an element", TERMS, 'after = "midterm"\n', "", "instalments.2.after", "missing", "C06",
         "[[instalments]]"),
    Case("an unknown key of an inline table", TERMS, 'zh = "工作方案", en', 'zh = "工作方案", fr = "Plan", en',
         "annexes.1.title.fr", "unknown key", "C38", 'title = { zh = "工作方案", fr = "Plan", en = "Work plan" }'),
    Case("a title that is not in two languages", TERMS, '{ zh = "工作方案", en = "Work plan" }', '"Work plan"',
         "annexes.1.title", "a table", "C38", 'title = "Work plan"'),
    Case("a blank title", TERMS, 'en = "Work plan"', 'en = "  "', "annexes.1.title.en", "1 to 2000 characters", "C38",
         'title = { zh = "工作方案", en = "  " }'),
    Case("a line break in a title", TERMS, 'en = "Work plan"', r'en = "Work\nplan"', "annexes.1.title.en",
         "control characters", "C38", r'title = { zh = "工作方案", en = "Work\nplan" }'),
    Case("an id that is no code", TERMS, 'id = "beijing-2024"', 'id = "北京 2024"', "id", "must match", ""),
    Case("a seventh annex", TERMS, "number = 6\ntitle = { zh = \"保密", "number = 7\ntitle = { zh = \"保密",
         "annexes.7.number", "from 1 to 6", "C38", "number = 7"),
    Case("an element without its number", TERMS, "number = 6\ntitle = { zh = \"保密", "title = { zh = \"保密",
         "annexes.#6.number", "missing", "C38", "[[annexes]]"),
    Case("prices inside the terms", TERMS, "[majeure]", "[catalogue]\nsample = true\n\n[majeure]", "catalogue",
         "belongs in catalogue.toml", "C37", "[catalogue]"),
    Case("a service outside the closed list", CATALOGUE, 'service = "scan"', 'service = "laundry"',
         "catalogue.items.scan-run.service", "must be one of audit", "C37"),
    Case("an item's code used twice", CATALOGUE, 'code = "scan-domain"', 'code = "scan-run"',
         "catalogue.items.scan-run.code", "already names", "C37"),
    Case("a code with a dot, which paths could not name", CATALOGUE, 'code = "scan-run"', 'code = "scan.run"',
         "catalogue.items.scan.run.code", "must match", "C37"),
    Case("a quantity as a number", CATALOGUE, 'quantity = "224"', "quantity = 224", "catalogue.items.scan-run.quantity",
         "written as text", "C37"),
    Case("a sample mark as text", CATALOGUE, "sample = true", 'sample = "yes"', "catalogue.sample", "true or false",
         "C37"),
    Case("an unknown method", SLA, 'method = "M2"', 'method = "M7"', "sla.objectives.transcode-buckets.method",
         "M1, M2", "C18"),
    Case("a target above 100 %", SLA, 'target = "99.7"', 'target = "100.1"', "sla.objectives.transcode-buckets.target",
         "from 0 to 100", "C18"),
    Case("a target as a float", SLA, 'target = "99.7"', "target = 99.7", "sla.objectives.transcode-buckets.target",
         "float", "C18"),
    Case("a rung without its share", SLA, '{ below = "99.7", share = "0.1" }', '{ below = "99.7" }',
         "sla.objectives.transcode-buckets.ladder.1.share", "missing", "C18", '    { below = "99.7" },'),
    Case("an objective's id used twice", SLA, 'id = "scan-notices"', 'id = "scan-reports"',
         "sla.objectives.scan-reports.id", "already names", "C18"),
    Case("a reading that is a number", READINGS, 'A8 = "none"', "A8 = 0", "readings.A8", "text", ""),
]  # fmt: skip

CONTRADICTIONS = [
    Case("words that say another sum", TERMS, "柒佰玖拾肆元肆角", "柒佰玖拾肆元伍角", "price.words",
         "1916794.50", "C02", 'words = "壹佰玖拾壹万陆仟柒佰玖拾肆元伍角"'),
    Case("words that are no capitals", TERMS, '"壹佰玖拾壹万陆仟柒佰玖拾肆元肆角"', '"一百九十一万"', "price.words",
         "none of", "C02", 'words = "一百九十一万"'),
    Case("an instalment's words say another sum", TERMS, "捌元叁角贰分", "捌元叁角叁分", "instalments.2.words",
         "575038.33", "C06", 'words = "伍拾柒万伍仟零叁拾捌元叁角叁分"'),
    Case("shares that do not sum to 1", TERMS, 'share = "0.3"', 'share = "0.31"', "instalments", "sum to 1", "C06",
         "[[instalments]]"),
    Case("a term that ends before it starts", TERMS, "end = 2024-12-31", "end = 2024-04-10", "term.end",
         "before it starts", "C01"),
    Case("a cover date of another decade", TERMS, "\n[title]", "\ncover_date = 2014-04-11\n[title]", "cover_date",
         "366 days", "C33", "cover_date = 2014-04-11"),
    Case("a gap in the instalments", TERMS, "number = 3\nclause", "number = 4\nclause", "instalments",
         "1, 2, 3", "C06", "[[instalments]]"),
    Case("more copies than both sides hold", TERMS, "copies = 6", "copies = 7", "papers.copies", "are 6, not 7", "C35"),
    Case("a cap without its reading", TERMS, "failed_acceptances = 2 #", 'daily_cap = "0.05"\nfailed_acceptances = 2 #',
         "penalties.daily_cap", "A8 = capped", "C11", 'daily_cap = "0.05"'),
    Case("a capped reading without its cap", READINGS, 'A8 = "none"', 'A8 = "capped"', "penalties.daily_cap",
         "must be given", "C11", "[penalties] # 九"),
    Case("signing on a cover date nobody gave", READINGS, 'A3 = "latest"', 'A3 = "cover"', "cover_date",
         "must be given", "C03", "# 2024 年北京市政务云服务(互联网应用系统)扩展服务合同:条款中的事实,以自己的话写成。"),
    Case("a reading nobody knows", READINGS, 'A8 = "none"', 'A8 = "none"\nA25 = "yes"', "readings.A25",
         "no such reading", "", 'A25 = "yes"'),
    Case("a choice nobody knows", READINGS, 'A16 = "exclude_first"', 'A16 = "maybe"', "readings.A16",
         "exclude_first, include_first", ""),
    Case("an amount that is not quantity × price", CATALOGUE, 'quantity = "224"', 'quantity = "225"',
         "catalogue.items.scan-run.amount", "225 × 763.00", "C02", 'amount = "170912.00"'),
    Case("a rung that does not go down", SLA, '{ below = "99", share = "0.2" },\n    { below = "98", share = "0.5" }',
         '{ below = "99", share = "0.2" },\n    { below = "99", share = "0.5" }',
         "sla.objectives.os-repository.ladder.3.below", "below the rung before", "C18",
         '    { below = "99", share = "0.5" },'),
    Case("a rung that costs no more than the one above", SLA, '{ below = "98", share = "0.5" }',
         '{ below = "98", share = "0.2" }', "sla.objectives.os-repository.ladder.3.share", "must rise", "C18",
         '    { below = "98", share = "0.2" },'),
    Case("a rung above the target", SLA, '{ below = "99.9", share = "0.1" }', '{ below = "99.95", share = "0.1" }',
         "sla.objectives.os-repository.ladder.1.below", "not above the target", "C18",
         '    { below = "99.95", share = "0.1" },'),
]  # fmt: skip


def broken(texts: Texts, case: Case) -> Texts:
    """The files with the first occurrence changed; a case whose old text has gone is a mistake in the case."""
    assert case.old in texts[case.file], case.name
    return texts | {case.file: texts[case.file].replace(case.old, case.new, 1)}


def refused(files: Texts) -> tuple[Problem, ...]:
    problems = read(files)
    assert isinstance(problems, tuple), "these files should have been refused"
    return problems


@pytest.mark.parametrize("case", SHAPES + CONTRADICTIONS, ids=lambda case: case.name)
def test_a_malformed_file_is_refused_with_its_line_key_rule_and_clause(texts: Texts, case: Case) -> None:
    files = broken(texts, case)
    found = {problem.key: problem for problem in refused(files)}
    assert case.key in found, found
    problem = found[case.key]
    # What stands in readings.toml may contradict terms.toml, where the term to look at lies.
    file = TERMS if case.key in ("cover_date", "penalties.daily_cap") else case.file
    assert (problem.file, problem.clause) == (file, case.clause)
    assert case.rule in problem.rule
    assert files[file].splitlines()[problem.line - 1] == (case.new if case.line is None else case.line)


@pytest.mark.parametrize("case", SHAPES, ids=lambda case: case.name)
def test_one_mistake_of_shape_is_one_problem(texts: Texts, case: Case) -> None:
    assert len(refused(broken(texts, case))) == 1


def test_a_list_in_the_place_of_a_table_and_the_other_way_round_is_refused(texts: Texts) -> None:
    head, _, tail = texts[TERMS].partition("[majeure]")
    assert [one.rule for one in refused(texts | {TERMS: head + "[[majeure]]" + tail})] == ["must be a table"]
    (problem,) = refused(texts | {SLA: "sample = true\n\n[objectives]\nid = 'x'\n"})
    assert (problem.line, problem.key, problem.rule) == (3, "sla.objectives", "must be a list of tables")
    (problem,) = refused(texts | {SLA: "sample = true\nobjectives = ['x']\n"})
    assert (problem.line, problem.key, problem.rule) == (2, "sla.objectives.#1", "must be a table")


def test_a_key_missing_from_an_element_is_shown_at_the_header_of_that_element(texts: Texts) -> None:
    files = texts | {TERMS: texts[TERMS].replace('after = "midterm"\n', "")}
    (problem,) = refused(files)
    assert files[TERMS].splitlines()[problem.line - 1 : problem.line + 1] == ["[[instalments]]", "number = 2"]


def test_all_mistakes_of_shape_are_reported_at_once_in_the_order_of_the_files(texts: Texts) -> None:
    files = texts
    chosen = [case for case in SHAPES if case.name in ("a rung without its share", "negative days", "a seventh annex",
                                                       "a quantity as a number", "a missing key")]  # fmt: skip
    for case in chosen:
        files = broken(files, case)
    problems = refused(files)
    assert {problem.key for problem in problems} == {case.key for case in chosen}
    assert list(problems) == sorted(problems, key=lambda problem: (problem.file, problem.line))


def test_all_contradictions_are_reported_at_once(texts: Texts) -> None:
    chosen = [case for case in CONTRADICTIONS if case.name in ("a choice nobody knows", "a rung above the target",
                                                               "more copies than both sides hold")]  # fmt: skip
    files = texts
    for case in chosen:
        files = broken(files, case)
    assert {problem.key for problem in refused(files)} == {case.key for case in chosen}


@pytest.mark.parametrize(
    ("broken_line", "rule"),
    [
        ('total "1916794.40"', "after a key"),
        ('total = "1916794.40', "Illegal character"),
        ("total = 2024-02-30", "Invalid date"),
        ('total = "1"\ntotal = "2"', "overwrite"),
        ("total = ", "Invalid value"),
    ],
)
def test_a_text_that_is_not_toml_is_refused_at_its_line(texts: Texts, broken_line: str, rule: str) -> None:
    files = texts | {TERMS: texts[TERMS].replace('total = "1916794.40"', broken_line)}
    (problem,) = refused(files)
    first = texts[TERMS].split('total = "1916794.40"')[0].count("\n") + 1
    assert problem.file == TERMS
    assert first <= problem.line <= first + 1
    assert problem.rule.startswith("not TOML: ")
    assert rule in problem.rule


def test_a_text_that_breaks_off_is_refused_at_its_last_line() -> None:
    problems = refused(dict.fromkeys(FILES, "a = 1\nb = [\n"))
    assert [(problem.file, problem.line) for problem in problems] == [(name, 2) for name in FILES]


def test_a_missing_and_a_foreign_file_are_named(texts: Texts) -> None:
    files = {name: text for name, text in texts.items() if name != SLA} | {"prices.toml": ""}
    missing, foreign = refused(files)
    assert (missing.file, missing.line, missing.rule) == (SLA, 0, "this file is missing")
    assert foreign.file == "prices.toml"
    assert str(missing) == "sla.toml: this file is missing"


def test_a_text_beyond_reason_is_refused_unread(texts: Texts) -> None:
    (problem,) = refused(texts | {SLA: "#" * (LONGEST + 1)})
    assert (problem.file, problem.rule) == (SLA, f"more than {LONGEST} characters")


@pytest.mark.parametrize("opening", ["[", "{a="])
def test_lists_and_tables_too_deep_are_refused_and_bring_nothing_down(texts: Texts, opening: str) -> None:
    (problem,) = refused(texts | {SLA: "x = " + opening * 30_000})
    assert problem.file == SLA


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("9" * 5_000, "thousands of digits"),
        ("0x" + "f" * 5_000, "a number beyond all bounds"),
        ("1e99999999999999999999", "the number 1e99999999999999999999 (a float)"),
        ("0." + "1" * 5_000, "1… (a float)"),
        ("nan", "the number nan (a float)"),
        ("-inf", "the number -inf (a float)"),
    ],
)
@pytest.mark.parametrize("key", ["certificate_days = 14", "number = 2", 'total = "1916794.40"', "supplied = false"])
def test_monstrous_numbers_are_refused_in_few_words(texts: Texts, key: str, number: str, rule: str) -> None:
    files = texts | {TERMS: texts[TERMS].replace(key, f"{key.split(' = ')[0]} = {number}")}
    problems = refused(files)
    assert rule in problems[0].rule
    assert all(len(str(problem)) < 300 for problem in problems)


def test_a_problem_prints_as_one_line_a_person_can_go_to(texts: Texts) -> None:
    problem = Problem("terms.toml", 7, "price.total", "must be exact", "C02")
    assert str(problem) == "terms.toml:7: price.total: must be exact [C02]"


def test_readings_that_are_not_mentioned_have_their_defaults(texts: Texts, terms: Terms) -> None:
    assert read(texts | {READINGS: ""}) == terms


def test_equal_files_make_equal_terms_whatever_their_order(texts: Texts, terms: Terms) -> None:
    assert read({name: texts[name] for name in reversed(list(FILES))}) == terms


@given(st.dictionaries(st.sampled_from(list(FILES)), st.text(max_size=40), min_size=4))
def test_no_text_whatever_is_more_than_refused(files: Texts) -> None:
    assert all(isinstance(problem, Problem) for problem in refused(files))


@given(st.data())
def test_a_file_with_one_character_changed_is_read_or_refused_but_never_breaks(
    texts: Texts, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(FILES)))
    at = data.draw(st.integers(0, len(texts[name]) - 1))
    character = data.draw(st.sampled_from('\0\n"=[]{}#.,-9aÿ\ud800'))
    changed = texts[name][:at] + character + texts[name][at + 1 :]
    outcome = read(texts | {name: changed})
    assert isinstance(outcome, Terms) or all(
        1 <= one.line <= changed.count("\n") + 1 for one in outcome if one.file == name
    )
