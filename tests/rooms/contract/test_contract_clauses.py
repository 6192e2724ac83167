"""The clauses are all there, once each, in two languages."""

import re

from yunyue.contract import CLAUSES, Terms, clause_of, paths
from yunyue.contract.clauses import BY_ID


def test_the_clauses_run_from_c01_to_c38_without_a_gap() -> None:
    assert [clause.id for clause in CLAUSES] == [f"C{number:02d}" for number in range(1, 39)]


def test_a_clause_is_found_by_its_id() -> None:
    assert BY_ID["C12"].reference == "九(二)"
    assert BY_ID["C12"].kinds == ("condition", "amount")


def test_every_clause_speaks_both_languages_and_says_where_it_stands() -> None:
    for clause in CLAUSES:
        assert re.search(r"[\u4e00-\u9fff]", clause.zh + clause.rule_zh)
        assert re.fullmatch(r"[\x20-\x7e]+", clause.en + clause.rule_en), clause.id
        assert clause.rule_zh.endswith("。")
        assert clause.rule_en.endswith(".")
        assert clause.reference
        assert clause.kinds


def test_a_claim_for_losses_is_never_computed_and_says_why() -> None:
    uncomputed = [clause for clause in CLAUSES if not clause.computable]
    assert [clause.id for clause in uncomputed] == ["C17"]
    assert "never computes" in uncomputed[0].not_computed


def test_the_clause_of_a_term_is_the_most_particular_one() -> None:
    assert clause_of("penalties.client_days") == "C16"
    assert clause_of("penalties.daily_cap") == "C11"
    assert clause_of("instalments.2.within_workdays") == "C06"
    assert clause_of("papers.retention_years") == ""


def test_every_sum_and_day_of_the_terms_has_a_known_clause(terms: Terms) -> None:
    without = {path.split(".")[0] for path, _ in paths(terms) if clause_of(path) not in BY_ID}
    assert without == {"id", "title", "papers", "readings"}
