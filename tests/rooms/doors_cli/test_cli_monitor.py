"""yunyue monitor: what a terminal shows of monitoring, and what a person does from there."""

import json
from pathlib import Path

import contract_year
import pytest
from cli_cast import CONTRACT, Terminal
from watch_cast import ORDER, OUTAGE_MINUTES, watched

from yunyue.doors.office import Office
from yunyue.doors.opening import discovered
from yunyue.host.settings import Settings
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series


def told(home: Path) -> Terminal:
    kernel = contract_year.tell(Settings(home=home, private_targets=True))
    series = Series.open(home / "series")
    watched(Office(Hosting(kernel, discovered(), series)))
    series.close()
    kernel.close()
    return Terminal(home)


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A home with a watched target, which tests only read."""
    return told(tmp_path_factory.mktemp("watched"))


@pytest.fixture
def acting(tmp_path: Path) -> Terminal:
    return told(tmp_path)


class TestLooking:
    def test_targets_are_listed_with_their_state(self, looking: Terminal) -> None:
        """By the machine's clock, and the samples are of 2024: how it was then does not say how it is."""
        (target,) = looking.json("monitor", "targets", CONTRACT)
        assert (target["order"], target["state"], target["findings"]) == (ORDER, "unknown", 2)
        assert "order-1" in looking.ok("monitor", "targets", CONTRACT)

    def test_results_come_newest_first(self, looking: Terminal) -> None:
        found = looking.json("monitor", "results", CONTRACT, ORDER, "--limit", "5")
        assert [one["ts"] for one in found] == sorted((one["ts"] for one in found), reverse=True)
        assert len(found) == 5
        assert "no target 'none'" in looking.refused("monitor", "results", CONTRACT, "none")["reason"]

    def test_a_budget_is_told_by_any_method_or_by_all(self, looking: Terminal) -> None:
        words = ["monitor", "budget", CONTRACT, "monitor-availability", "--month", "2024-10"]
        (own,) = looking.json(*words)
        assert (own["agreed"], own["bad"] % OUTAGE_MINUTES) == (True, 0)
        (other,) = looking.json(*words, "--method", "M3")
        assert (other["method"], other["bad"]) == ("M3", 0)
        assert [one["method"] for one in looking.json(*words, "--compare")] == ["M1", "M2", "M3", "M4", "M5", "M6"]

    @pytest.mark.parametrize(
        ("words", "field"),
        [(["none", "--month", "2024-10"], "objective"), (["monitor-availability", "--month", "2023-01"], "month")],
    )
    def test_a_budget_that_cannot_be_is_refused(self, looking: Terminal, words: list[str], field: str) -> None:
        assert looking.refused("monitor", "budget", CONTRACT, *words)["field"] == field

    def test_the_minutes_in_question_are_shown(self, looking: Terminal) -> None:
        stretch = ["2024-10-18T09:50", "2024-10-18T10:40"]
        found = looking.json("monitor", "dispute", CONTRACT, ORDER, *stretch)
        assert len(found["minutes"]) == OUTAGE_MINUTES
        assert found["segments"]
        assert "sha256:" in looking.ok("monitor", "dispute", CONTRACT, ORDER, *stretch)

    @pytest.mark.parametrize(
        ("start", "end"), [("2024-10-18T10:00", "2024-10-18T09:00"), ("2024-10-01", "2024-10-18"), ("2024-10-18",) * 2]
    )
    def test_a_stretch_that_cannot_be_is_refused(self, looking: Terminal, start: str, end: str) -> None:
        assert looking.refused("monitor", "dispute", CONTRACT, ORDER, start, end)["clause"] == "C18"

    @pytest.mark.parametrize("name", ["findings", "alerts", "maintenance", "targets"])
    def test_lists_are_told_to_people_in_both_languages(self, looking: Terminal, name: str) -> None:
        for language in ("zh", "en"):
            assert looking.run("monitor", name, CONTRACT, lang=language).exit_code == 0

    def test_another_contract_is_refused_by_name(self, looking: Terminal) -> None:
        assert looking.refused("monitor", "targets", "none")["field"] == "contract"

    def test_what_is_not_there_yet_is_said(self, tmp_path: Path) -> None:
        kernel = contract_year.tell(Settings(home=tmp_path))
        kernel.close()
        terminal = Terminal(tmp_path)
        said = {"alerts": "No alerts", "findings": "Nothing was found", "maintenance": "No maintenance windows"}
        for name, words in said.items():
            assert words in terminal.ok("monitor", name, CONTRACT)
        assert "No probe points" in terminal.ok("monitor", "points", "list", CONTRACT)
        assert "No dashboards" in terminal.ok("monitor", "board", "list", CONTRACT)


class TestActing:
    def test_a_finding_is_judged(self, acting: Terminal) -> None:
        finding = acting.json("monitor", "findings", CONTRACT)[0]["id"]
        acting.ok("monitor", "judge", CONTRACT, finding, "false_positive", "a quotation")
        (judged,) = acting.json("monitor", "findings", CONTRACT, "--state", "false_positive")
        assert (judged["id"], judged["why"]) == (finding, "a quotation")
        acting.ok("monitor", "judge", CONTRACT, finding, "accepted", "until spring")
        assert acting.refused("monitor", "judge", CONTRACT, "none", "fixed", "x")["field"] == "finding"

    def test_an_alert_is_taken_on_once(self, acting: Terminal) -> None:
        (alert,) = acting.json("monitor", "alerts", CONTRACT)
        number = str(alert["number"])
        assert acting.json("monitor", "ack", CONTRACT, number, "on it", "--actor", "user:7")["who"] == "user:7"
        assert "took on alert" in acting.refused("monitor", "ack", CONTRACT, number)["reason"]

    def test_rules_are_replaced_as_a_whole_and_secrets_are_not_shown(self, acting: Terminal, tmp_path: Path) -> None:
        channel = {"type": "webhook", "name": "duty", "url": "https://a.example/", "secret": "s" * 20}
        rule = {"name": "down", "when": {"type": "misses", "n": 3, "m": 5}, "channels": ["duty"]}
        file = tmp_path / "rules.json"
        file.write_text(json.dumps({"channels": [channel], "rules": [rule]}))
        assert acting.json("monitor", "rules", CONTRACT, str(file))["rules"] == ["down"]
        shown = acting.ok("monitor", "rules", CONTRACT)
        assert "duty" in shown
        assert "ssss" not in shown
        file.write_text('{"rules": [{"name": "x"}]}')
        assert acting.refused("monitor", "rules", CONTRACT, str(file))["field"].startswith("alerts")
        assert acting.json("monitor", "rules", CONTRACT)["rules"] == ["down"]

    def test_a_point_is_enrolled_with_a_token_and_taken_out(self, acting: Terminal) -> None:
        token = acting.json("monitor", "points", "add", CONTRACT, "tongzhou", "--place", "通州")["token"]
        assert len(token) > 30
        assert token not in acting.ok("monitor", "points", "list", CONTRACT)
        assert acting.json("monitor", "points", "end", CONTRACT, "tongzhou")["ended"]
        assert acting.refused("monitor", "points", "add", CONTRACT, "Not A Name")["field"] == "point"

    def test_a_board_goes_out_and_in_again(self, acting: Terminal, tmp_path: Path) -> None:
        file = tmp_path / "board.json"
        file.write_text('{"name":"ops","title":"T","panels":[{"type":"wall","title":"all"}]}')
        acting.ok("monitor", "board", "import", CONTRACT, str(file))
        exported = acting.ok("monitor", "board", "export", CONTRACT, "ops")
        file.write_text(exported)
        acting.ok("monitor", "board", "import", CONTRACT, str(file))
        assert acting.json("monitor", "board", "list", CONTRACT) == ["ops"]
        acting.ok("monitor", "board", "delete", CONTRACT, "ops")
        assert acting.refused("monitor", "board", "export", CONTRACT, "ops")["field"] == "board"
        file.write_text("{}")
        assert acting.refused("monitor", "board", "import", CONTRACT, str(file))["field"].startswith("board")

    def test_a_status_page_is_public_until_it_is_closed(self, acting: Terminal) -> None:
        words = ["monitor", "status", "open", CONTRACT, "dept-1", "our-page", "门户"]
        opened = acting.json(*words, "--target", f"{ORDER}=网站=门户")
        assert opened["targets"] == [{"order": ORDER, "name": "网站=门户"}]
        acting.ok(*words, "--target", f"{ORDER}=Portal")
        (listed,) = acting.json("monitor", "status", "list", CONTRACT)
        assert (listed["slug"], listed["tenant"], listed["targets"][0]["name"]) == ("our-page", "dept-1", "Portal")
        assert "our-page" in acting.ok("monitor", "status", "list", CONTRACT)
        acting.ok("monitor", "status", "close", CONTRACT, "our-page")
        assert "No public status pages" in acting.ok("monitor", "status", "list", CONTRACT)
        assert acting.refused("monitor", "status", "close", CONTRACT, "our-page")["field"] == "slug"

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            (["dept-1", "x", "T", "--target", f"{ORDER}=Portal"], "slug"),
            (["dept-1", "our-page", "T"], "targets"),
            (["dept-1", "our-page", "T", "--target", ORDER], "targets[0]"),
            (["dept-2", "our-page", "T", "--target", f"{ORDER}=Portal"], "targets"),
        ],
    )
    def test_a_status_page_that_cannot_be_is_refused_by_field(
        self, looking: Terminal, words: list[str], field: str
    ) -> None:
        assert looking.refused("monitor", "status", "open", CONTRACT, *words)["field"] == field
        assert looking.json("monitor", "status", "list", CONTRACT) == []

    def test_a_probe_of_an_order_that_was_never_provided_is_refused(self, acting: Terminal) -> None:
        assert acting.refused("monitor", "probe", CONTRACT, ORDER)["reason"]

    def test_an_agent_without_a_proper_configuration_does_not_start(self, acting: Terminal, tmp_path: Path) -> None:
        file = tmp_path / "agent.json"
        file.write_text("{}")
        assert acting.refused("monitor", "agent", str(file))["reason"]


class TestNames:
    def test_what_is_to_be_published_is_told(self, looking: Terminal) -> None:
        told = looking.json("monitor", "name", CONTRACT, "bureau", "www.example.gov.cn")
        assert told["word"].startswith("yunyue-proof=")
        assert told["dns"] == "_yunyue-challenge.www.example.gov.cn TXT"
        assert looking.refused("monitor", "name", CONTRACT, "bureau", "10.1.2.3")["field"] == "name"

    def test_what_is_not_published_is_not_proven(self, acting: Terminal) -> None:
        words = ["monitor", "name", CONTRACT, "bureau", "www.yunyue.invalid", "--prove", "http"]
        assert "nothing was found" in acting.refused(*words, "--actor", "client:wang")["reason"]
