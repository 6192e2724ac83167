"""Monitoring's pages: what each shows, to whom, in both languages, and what a person may do there."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from console_cast import LogIn, text
from contract_year import CONTRACT, TODAY
from django.test import Client
from python_calamine import CalamineWorkbook
from watch_cast import ORDER, host_folder, moment, watched

from yunyue.doors.monitor.board import Board, Boards, Burn, Days, Latency, Note, Wall, write
from yunyue.doors.monitor.status import Pages
from yunyue.doors.office import Office, open_office
from yunyue.doors.web.accounts.roles import Role
from yunyue.journal.facts import FindingAccepted, FindingJudged
from yunyue.services.monitor.alerts.register import alerts
from yunyue.services.monitor.content.findings import findings

ASK = f"?contract={CONTRACT}"
PAGES = ("", "/budget", "/dispute", "/findings", "/alerts", "/maintenance", "/points", "/boards")


@pytest.fixture(scope="module")
def watched_office(told: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a watched past, which these tests only read."""
    from console_cast import _office

    for office in _office(tmp_path_factory.mktemp("watched")):
        watched(office)
        yield office


@pytest.fixture
def office(watched_office: Office) -> Office:
    open_office(watched_office)
    return watched_office


@pytest.fixture
def changing(own_office: Office) -> Office:
    watched(own_office)
    return own_office


def sheet(answer: object) -> Sequence[Sequence[object]]:
    content: bytes = answer.content  # type: ignore[attr-defined]  # Django's test answers have a type of their own
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


class TestWhatIsShown:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("page", [*PAGES, f"/target/{ORDER}", "/budget/monitor-coverage", "/status"])
    def test_every_page_stands_in_both_languages(self, office: Office, log_in: LogIn, page: str, language: str) -> None:
        answer = log_in(Role.CLIENT_MANAGER, language=language).get(f"/monitor{page}{ASK}")
        assert answer.status_code == 200
        assert ('<html lang="en"' in text(answer)) == (language == "en")

    def test_the_wall_shows_the_target_with_its_days(self, office: Office, log_in: LogIn) -> None:
        page = text(log_in(Role.ENGINEER, language="en").get("/monitor"))
        assert page.count('class="tone-') == 30
        assert "2 open findings" in page
        assert 'data-live="fact turn"' in page

    def test_a_target_shows_waterfall_picture_and_incidents(self, office: Office, log_in: LogIn) -> None:
        client = log_in(Role.ENGINEER, language="en")
        page = text(client.get(f"/monitor/target/{ORDER}"))
        assert "https://tracker.example/x.js" in page
        assert 'class="part-tls"' in page
        assert "probe failed: reset" in page
        picture = client.get(f"/monitor/picture/{moment(office, minutes=3)}/{ORDER}")
        assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")

    @pytest.mark.parametrize("hours", ["1", "720", "7", "x", ""])
    def test_a_stretch_that_is_not_offered_is_a_day(self, office: Office, log_in: LogIn, hours: str) -> None:
        assert log_in().get(f"/monitor/target/{ORDER}?hours={hours}").status_code == 200

    def test_a_probe_points_view_is_asked_for(self, office: Office, log_in: LogIn) -> None:
        page = text(log_in(language="en").get(f"/monitor/target/{ORDER}?point=haidian"))
        assert "31.0" in page

    @pytest.mark.parametrize(
        "address", [f"/monitor/picture/1/{ORDER}", "/monitor/target/none", "/monitor/course.svg/none"]
    )
    def test_what_is_not_there_is_not_found(self, office: Office, log_in: LogIn, address: str) -> None:
        assert log_in().get(address).status_code == 404

    def test_a_budget_is_shown_by_any_of_the_six_methods(self, office: Office, log_in: LogIn) -> None:
        client = log_in(Role.CLIENT_APPROVER, language="en")
        page = text(client.get("/monitor/budget/monitor-coverage?month=2024-10&method=M4&compare=1"))
        assert all(f"<td>{one}" in page for one in ("M1", "M2", "M3", "M4", "M5", "M6"))
        assert 'class="curve curve-1"' in page
        assert log_in(Role.CLIENT_APPROVER).get("/monitor/budget/none").status_code == 404

    def test_a_dispute_shows_each_minute_with_its_evidence(self, office: Office, log_in: LogIn) -> None:
        client = log_in(Role.THIRD_PARTY, language="en")
        day = TODAY.replace(day=TODAY.day - 2).isoformat()
        query = f"{ASK}&order={ORDER}&start={day}T10:00&end={day}T11:00"
        page = text(client.get(f"/monitor/dispute{query}"))
        assert "Bad by M1" in page
        assert page.count("✗ 0/1") == 17
        rows = sheet(client.get(f"/monitor/dispute{query}&as=excel"))
        assert len(rows) == 18

    @pytest.mark.parametrize(
        "stretch", ["start=2024-10-18T10:00&end=2024-10-18T09:00", "start=2024-10-01T00:00&end=2024-10-18T00:00"]
    )
    def test_a_stretch_that_cannot_be_is_refused_in_words(self, office: Office, log_in: LogIn, stretch: str) -> None:
        answer = log_in().get(f"/monitor/dispute{ASK}&order={ORDER}&{stretch}")
        assert answer.status_code == 422
        assert 'role="alert"' in text(answer)

    @pytest.mark.parametrize("stretch", ["start=never&end=2024", "start=0001-01-01T00:00&end=0001-01-01T01:00"])
    def test_moments_that_are_none_are_the_last_hours(self, office: Office, log_in: LogIn, stretch: str) -> None:
        assert log_in().get(f"/monitor/dispute{ASK}&order={ORDER}&{stretch}").status_code == 200

    @pytest.mark.parametrize(("page", "rows"), [("", 2), ("/findings", 3), ("/alerts", 2)])
    def test_lists_are_exported(self, office: Office, log_in: LogIn, page: str, rows: int) -> None:
        assert len(sheet(log_in().get(f"/monitor{page}{ASK}&as=excel"))) == rows

    def test_points_say_when_their_clock_is_off(self, office: Office, log_in: LogIn) -> None:
        page = text(log_in(language="en").get("/monitor/points"))
        assert "haidian" in page
        assert "-1500" in page


class TestDepartments:
    @pytest.mark.parametrize("page", ["", "/findings", "/alerts", "/boards"])
    def test_another_department_sees_nothing_of_it(self, office: Office, log_in: LogIn, page: str) -> None:
        assert ORDER not in text(log_in(Role.TENANT_USER, tenant="dept-2").get(f"/monitor{page}"))

    def test_its_own_department_sees_it(self, office: Office, log_in: LogIn) -> None:
        client = log_in(Role.TENANT_USER)
        assert ORDER in text(client.get("/monitor"))
        assert client.get(f"/monitor/target/{ORDER}").status_code == 200

    @pytest.mark.parametrize("address", [f"/monitor/target/{ORDER}", f"/monitor/course.svg/{ORDER}"])
    def test_a_target_of_another_department_is_not_found(self, office: Office, log_in: LogIn, address: str) -> None:
        assert log_in(Role.TENANT_USER, tenant="dept-2").get(address).status_code == 404


def identifier(office: Office) -> str:
    return findings(office.hosting.host(CONTRACT, "monitor"))[0].id


def state(office: Office, finding: str) -> tuple[str, str]:
    found = findings(office.hosting.host(CONTRACT, "monitor"))
    return next((one.state, one.why) for one in found if one.id == finding)


class TestFindings:
    def test_a_judgement_is_a_fact_by_whoever_is_logged_in(self, changing: Office, log_in: LogIn) -> None:
        finding = identifier(changing)
        answer = log_in(Role.ENGINEER).post(
            f"/monitor/findings/{finding}{ASK}", {"state": "false_positive", "reason": "a quotation"}
        )
        assert answer.status_code == 302
        assert state(changing, finding) == ("false_positive", "a quotation")
        (fact,) = changing.kernel.facts(CONTRACT, FindingJudged)
        assert fact.fact.actor.removeprefix("user:").isdigit()

    def test_only_the_client_takes_a_risk(self, changing: Office, log_in: LogIn) -> None:
        finding = identifier(changing)
        wanted = {"state": "accepted", "reason": "until spring"}
        log_in(Role.ENGINEER).post(f"/monitor/findings/{finding}{ASK}", wanted)
        assert changing.kernel.facts(CONTRACT, FindingAccepted) == ()
        log_in(Role.CLIENT_APPROVER).post(f"/monitor/findings/{finding}{ASK}", wanted)
        assert state(changing, finding)[0] == "accepted"

    @pytest.mark.parametrize(
        "wrong", [{"state": "fixed"}, {"state": "fixed", "reason": "x" * 501}, {"reason": "why", "state": "gone"}]
    )
    def test_what_is_no_judgement_records_nothing(self, changing: Office, log_in: LogIn, wrong: dict[str, str]) -> None:
        before = changing.kernel.journal.head().size
        log_in(Role.ENGINEER).post(f"/monitor/findings/{identifier(changing)}{ASK}", wrong)
        assert changing.kernel.journal.head().size == before

    def test_a_finding_that_is_not_there_is_not_judged(self, office: Office, log_in: LogIn) -> None:
        wanted = {"state": "fixed", "reason": "x"}
        assert log_in(Role.ENGINEER).post(f"/monitor/findings/none{ASK}", wanted).status_code == 404
        assert log_in(Role.ENGINEER).get(f"/monitor/findings/none{ASK}").status_code == 405


class TestAlerts:
    def test_an_alert_is_taken_on_once_and_by_name(self, changing: Office, log_in: LogIn) -> None:
        (alert,) = alerts(host_folder(changing))
        client = log_in(Role.ENGINEER, language="en")
        client.post(f"/monitor/alerts/{alert.number}{ASK}", {"why": "on it"})
        (taken,) = alerts(host_folder(changing))
        assert (taken.why, taken.who.startswith("user:")) == ("on it", True)
        page = text(
            log_in(Role.SERVICE_MANAGER, language="en").post(f"/monitor/alerts/{alert.number}{ASK}", follow=True)
        )
        assert "took on alert" in page

    def test_one_that_is_not_there_is_not_taken_on(self, office: Office, log_in: LogIn) -> None:
        assert log_in(Role.ENGINEER).post(f"/monitor/alerts/999{ASK}").status_code == 404


BOARD = Board(
    name="ops",
    title="值班",
    panels=(
        Wall(title="w"),
        Days(title="d", orders=(ORDER,)),
        Latency(title="l", order=ORDER),
        Latency(title="l2", order="none"),
        Burn(title="b", objective="monitor-coverage"),
        Note(title="n", text="<script>alert(1)</script>"),
    ),
)


def kept(client: Client, board: Board | str) -> int:
    content = board if isinstance(board, str) else write(board).decode()
    return client.post(f"/monitor/boards{ASK}", {"board": content}).status_code


class TestBoards:
    def test_a_board_is_imported_shown_exported_and_deleted(self, changing: Office, log_in: LogIn) -> None:
        client = log_in(Role.SERVICE_MANAGER, language="en")
        assert kept(client, BOARD) == 302
        page = text(client.get(f"/monitor/boards/ops{ASK}"))
        assert "&lt;script&gt;" in page
        assert "There is nothing to show for this panel." in page
        exported = client.get(f"/monitor/boards/ops/export{ASK}")
        assert json.loads(exported.content)["name"] == "ops"
        assert "attachment" in exported["Content-Disposition"]
        assert client.post(f"/monitor/boards/ops/drop{ASK}").status_code == 302
        assert client.get(f"/monitor/boards/ops{ASK}").status_code == 404

    @pytest.mark.parametrize("wrong", ["", "{}", '{"name":"x","title":"t","panels":[]}', "x" * 70_000])
    def test_what_is_no_board_is_refused_and_stays_in_the_field(
        self, changing: Office, log_in: LogIn, wrong: str
    ) -> None:
        assert kept(log_in(Role.SERVICE_MANAGER), wrong) == 422
        assert Boards(host_folder(changing)).all() == ()

    def test_who_keeps_none_may_look(self, changing: Office, log_in: LogIn) -> None:
        kept(log_in(Role.SERVICE_MANAGER), BOARD)
        client = log_in(Role.THIRD_PARTY)
        assert client.get(f"/monitor/boards/ops{ASK}").status_code == 200
        assert kept(client, BOARD) == 404

    def test_a_department_keeps_and_sees_its_own(self, changing: Office, log_in: LogIn) -> None:
        tenant = log_in(Role.TENANT_USER)
        assert kept(tenant, BOARD) == 422
        assert kept(tenant, Board(name="mine", title="t", tenant="dept-1", panels=(Wall(title="w"),))) == 302
        assert log_in(Role.TENANT_USER, tenant="dept-2").get(f"/monitor/boards/mine{ASK}").status_code == 404

    def test_what_a_department_does_not_read_is_no_panel_of_its_board(self, changing: Office, log_in: LogIn) -> None:
        tenant = log_in(Role.TENANT_USER, language="en")
        panels = (Burn(title="b", objective="monitor-coverage"),)
        kept(tenant, Board(name="mine", title="t", tenant="dept-1", panels=panels))
        assert "There is nothing to show" in text(tenant.get(f"/monitor/boards/mine{ASK}"))


WANTED = {"slug": "dept-one", "title": "服务状态", "tenant": "dept-1", f"name-{ORDER}": "门户"}


class TestStatusPages:
    def test_a_page_is_public_from_its_opening_to_its_closing(self, changing: Office, log_in: LogIn) -> None:
        assert Client().get("/status/dept-one").status_code == 404
        client = log_in(Role.CLIENT_MANAGER)
        assert client.post(f"/monitor/status{ASK}", WANTED).status_code == 302
        page = text(Client().get("/status/dept-one"))
        assert "门户" in page
        for secret in (ORDER, "dept-1", "reset", "probe failed", "/monitor/"):
            assert secret not in page
        assert client.post(f"/monitor/status/dept-one/close{ASK}").status_code == 302
        assert Client().get("/status/dept-one").status_code == 404

    def test_what_nobody_looked_at_lately_is_not_said_to_be_well(
        self, changing: Office, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log_in(Role.CLIENT_MANAGER).post(f"/monitor/status{ASK}", WANTED)
        english = Client(headers={"accept-language": "en"})
        assert "All known to be well" in text(english.get("/status/dept-one"))
        later = changing.clock.now() + timedelta(hours=1)
        monkeypatch.setattr(type(changing.clock), "now", lambda _clock: later)
        page = text(english.get("/status/dept-one"))
        assert "All known to be well" not in page
        assert "Not everything is known" in page

    def test_nobody_else_learns_anything_by_posting(self, changing: Office, log_in: LogIn) -> None:
        log_in(Role.CLIENT_MANAGER).post(f"/monitor/status{ASK}", WANTED)
        assert Client().post("/status/dept-one").status_code == 404

    @pytest.mark.parametrize("wrong", [{"slug": "x"}, {"title": ""}, {f"name-{ORDER}": ""}, {"tenant": "dept-2"}])
    def test_a_page_that_cannot_be_is_refused(self, changing: Office, log_in: LogIn, wrong: dict[str, str]) -> None:
        assert log_in(Role.CLIENT_MANAGER).post(f"/monitor/status{ASK}", {**WANTED, **wrong}).status_code == 422
        assert Pages(host_folder(changing)).all() == ()

    def test_a_department_opens_pages_for_itself_only(self, changing: Office, log_in: LogIn) -> None:
        other = log_in(Role.TENANT_USER, tenant="dept-2")
        assert other.post(f"/monitor/status{ASK}", WANTED).status_code == 422
        assert log_in(Role.TENANT_USER).post(f"/monitor/status{ASK}", WANTED).status_code == 302
        assert other.post(f"/monitor/status/dept-one/close{ASK}").status_code == 404
