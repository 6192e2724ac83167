"""Pages of films: a department's own and nobody else's, forms that name what is wrong, templates and their versions."""

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

import pytest
from console_cast import LogIn, text
from films import Films
from transcode_cast import ended, submitted, working

from yunyue.answer import Refused
from yunyue.catalog import Order
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.transcode.desk import Desk, open_desk
from yunyue.services.transcode.engine.outcome import Failed
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.leases import Leases, Piece
from yunyue.services.transcode.service import Transcode

CONTRACT = "beijing-2024"
ASK = f"?contract={CONTRACT}"
OURS, THEIRS = "dept-1", "dept-2"
ONE = {"video": {"renditions": [{"short_edge": 90}], "effort": "fast"}, "quality_report": True}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def desks(office: Office) -> Iterator[dict[str, Desk]]:
    """The desks of two departments that ordered transcoding."""
    host = office.hosting.host(CONTRACT, "transcode")
    found = {}
    for tenant in (OURS, THEIRS):
        order = Order(f"film-order-{tenant}", "transcode", Decimal(1), tenant, {})
        assert not isinstance(Transcode().provision(order, host), Refused)
        desk = open_desk(host, tenant)
        assert isinstance(desk, Desk)
        found[tenant] = desk
    yield found
    place = found[OURS].place
    with place.queue.database.transaction() as hand:
        for kind in ("tasks", "jobs", "templates", "calls"):
            hand.run(f"DELETE FROM {kind}")  # one of four words
    shutil.rmtree(place.folder / "uploads", ignore_errors=True)


@pytest.fixture
def mine(desks: dict[str, Desk], films: Films) -> Job:
    """A film of our department that waits its turn."""
    return submitted(desks[OURS], films.path("plain"))


def in_turn(desk: Desk, films: Films) -> Job:
    """A film of ours whose result is there, with its quality measured."""
    with working(desk.place):
        job = ended(desk, submitted(desk, films.path("plain"), overrides=ONE).id)
    assert job.state == "done", job.reason
    return job


class TestJobs:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_list_shows_films_with_their_state(self, mine: Job, log_in: LogIn, language: str) -> None:
        page = text(log_in(Role.TENANT_USER, language=language).get(f"/films/{ASK}"))
        assert "plain.mp4" in page
        assert ("排队中" if language == "zh-hans" else "Waiting its turn") in page

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("path", ["", "jobs/{job}"])
    def test_a_job_that_waits_for_another_try_says_why(
        self, desks: dict[str, Desk], mine: Job, log_in: LogIn, language: str, path: str
    ) -> None:
        leases = Leases(desks[OURS].place.queue)
        held = leases.claim("a worker")
        assert held is not None
        leases.failed(held.task, Failed("infrastructure", "encode: the disk is full"))
        page = text(log_in(Role.TENANT_USER, language=language).get(f"/films/{path.format(job=mine.id)}{ASK}"))
        assert ("磁盘已满" if language == "zh-hans" else "the disk is full") in page
        assert ("将自动重试" if language == "zh-hans" else "It is tried again by itself.") in page

    def test_an_empty_list_says_what_to_do(self, desks: dict[str, Desk], log_in: LogIn) -> None:
        assert f"/transcode/v1/{CONTRACT}/uploads" in text(log_in(Role.TENANT_USER).get(f"/films/{ASK}"))
        assert "还没有部门提交过影片" in text(log_in(Role.ENGINEER).get(f"/films/{ASK}"))

    def test_a_department_sees_its_own_and_others_see_all(self, mine: Job, log_in: LogIn) -> None:
        other = log_in(Role.TENANT_USER, tenant=THEIRS)
        assert mine.id not in text(other.get(f"/films/{ASK}"))
        for path in ("", "/quality/video-90p/vmaf"):
            assert other.get(f"/films/jobs/{mine.id}{path}{ASK}").status_code == 404
        assert other.post(f"/films/jobs/{mine.id}/cancel{ASK}").status_code == 404
        for role in (Role.ENGINEER, Role.SERVICE_MANAGER, Role.CLIENT_MANAGER, Role.AUDIT_ADMINISTRATOR):
            assert mine.id in text(log_in(role).get(f"/films/{ASK}"))

    def test_only_jobs_of_the_asked_state_are_shown(self, mine: Job, log_in: LogIn) -> None:
        client = log_in(Role.TENANT_USER)
        assert mine.id in text(client.get(f"/films/{ASK}&state=queued"))
        assert mine.id not in text(client.get(f"/films/{ASK}&state=done"))

    def test_the_list_is_an_excel_table_too(self, mine: Job, log_in: LogIn) -> None:
        answer = log_in(Role.ENGINEER).get(f"/films/jobs.xlsx{ASK}")
        assert answer.content.startswith(b"PK")

    @pytest.mark.parametrize(("role", "status"), [(Role.TENANT_USER, 302), (Role.ENGINEER, 302), (Role.FOUNDER, 403)])
    def test_a_job_is_cancelled_by_its_department_or_an_engineer(
        self, desks: dict[str, Desk], mine: Job, log_in: LogIn, role: Role, status: int
    ) -> None:
        assert log_in(role).post(f"/films/jobs/{mine.id}/cancel{ASK}").status_code == status
        found = desks[OURS].job(mine.id)
        assert isinstance(found, Job)
        assert found.state == ("cancelled" if status == 302 else "queued")

    def test_a_job_that_has_ended_is_not_cancelled(self, desks: dict[str, Desk], mine: Job, log_in: LogIn) -> None:
        desks[OURS].cancel(mine.id)
        answer = log_in(Role.TENANT_USER, language="en").post(f"/films/jobs/{mine.id}/cancel{ASK}")
        assert answer.status_code == 422
        assert "the job is cancelled already" in text(answer)


class TestCallbacks:
    HOOK: ClassVar = "https://hook.example.cn/films?word=of-ours"

    @pytest.fixture
    def called(self, desks: dict[str, Desk], films: Films) -> Job:
        """A job of ours that was cancelled, of which our server is to be told."""
        job = submitted(desks[OURS], films.path("plain"), callback=self.HOOK)
        desks[OURS].cancel(job.id)
        return job

    @pytest.mark.parametrize(("language", "words"), [("zh-hans", "待送"), ("en", "To be sent")])
    def test_what_a_departments_server_is_told_is_listed(
        self, called: Job, log_in: LogIn, language: str, words: str
    ) -> None:
        page = text(log_in(Role.TENANT_USER, language=language).get(f"/films/callbacks{ASK}"))
        assert f"/films/jobs/{called.id}" in page
        assert "plain.mp4" in page
        assert "word=of-ours" in page
        assert words in page

    def test_others_see_where_it_goes_and_not_what_stands_behind_it(self, called: Job, log_in: LogIn) -> None:
        page = text(log_in(Role.ENGINEER).get(f"/films/callbacks{ASK}"))
        assert "https://hook.example.cn/films?…" in page
        assert "of-ours" not in page
        assert called.id not in text(log_in(Role.TENANT_USER, tenant=THEIRS).get(f"/films/callbacks{ASK}"))

    def test_a_department_is_shown_its_own_secret_when_it_asks(
        self, desks: dict[str, Desk], called: Job, log_in: LogIn
    ) -> None:
        client = log_in(Role.TENANT_USER)
        secret = desks[OURS].callback_secret()
        assert secret not in text(client.get(f"/films/callbacks{ASK}"))
        answer = client.post(f"/films/callbacks/secret{ASK}")
        assert secret in text(answer)
        assert answer["Cache-Control"] == "no-store"
        other = text(log_in(Role.TENANT_USER, tenant=THEIRS).post(f"/films/callbacks/secret{ASK}"))
        assert desks[THEIRS].callback_secret() in other
        assert secret not in other
        assert client.get(f"/films/callbacks/secret{ASK}").status_code == 405

    def test_nobody_else_is_shown_a_secret(self, called: Job, log_in: LogIn) -> None:
        for role in (Role.ENGINEER, Role.SERVICE_MANAGER, Role.CLIENT_MANAGER, Role.SYSTEM_ADMINISTRATOR):
            assert log_in(role).post(f"/films/callbacks/secret{ASK}").status_code == 403

    @pytest.mark.parametrize("role", [Role.TENANT_USER, Role.ENGINEER])
    def test_without_any_the_page_says_so(self, desks: dict[str, Desk], log_in: LogIn, role: Role) -> None:
        page = text(log_in(role, language="en").get(f"/films/callbacks{ASK}"))
        assert ("None yet." if role == Role.TENANT_USER else "No department's server") in page


def done_after(desk: Desk, films: Films, took: int) -> Job:
    """A job of ours, a minute of film long, that was done so many milliseconds after it was handed in."""
    job = submitted(desk, films.path("plain"))
    with desk.place.queue.database.transaction() as hand:
        hand.run("DELETE FROM tasks WHERE job = ?", (job.id,))
        sql = "UPDATE jobs SET state = 'done', created = ?, ended = ?, seconds = 60000 WHERE id = ?"
        hand.run(sql, (job.created - took, job.created, job.id))
    return job


class TestTurnaround:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_list_shows_what_ninety_five_of_a_hundred_jobs_do_not_exceed(
        self, desks: dict[str, Desk], films: Films, log_in: LogIn, language: str
    ) -> None:
        for took in (30_000, 360_000):
            done_after(desks[OURS], films, took)
        page = text(log_in(Role.TENANT_USER, language=language).get(f"/films/{ASK}"))
        assert ("周转时间" if language == "zh-hans" else "Turnaround") in page
        row = page.partition('id="h-turnaround"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
        assert [cell.partition("<")[0] for cell in row.split('class="num">')[1:]] == [
            *("2", "50.0 %", "6:00", "6.00", "150.0 %")
        ]

    def test_a_department_sees_its_own_and_an_engineer_all(
        self, desks: dict[str, Desk], films: Films, log_in: LogIn
    ) -> None:
        for tenant in (OURS, THEIRS):
            done_after(desks[tenant], films, 60_000)
        for role, jobs in ((Role.TENANT_USER, "1"), (Role.ENGINEER, "2")):
            page = text(log_in(role).get(f"/films/{ASK}"))
            assert f'<td class="num">{jobs}</td><td class="num">100.0 %</td>' in page

    def test_without_a_job_that_is_done_there_is_none(self, mine: Job, log_in: LogIn) -> None:
        assert "h-turnaround" not in text(log_in(Role.TENANT_USER).get(f"/films/{ASK}"))

    def test_a_job_says_how_long_after_it_was_handed_in_it_was_done(
        self, desks: dict[str, Desk], films: Films, log_in: LogIn
    ) -> None:
        job = done_after(desks[OURS], films, 360_000)
        page = text(log_in(Role.TENANT_USER, language="en").get(f"/films/jobs/{job.id}{ASK}"))
        assert "6:00 after it was handed in" in page


class TestCourse:
    TWO_PASS: ClassVar = {"control": "two_pass", "renditions": [{"short_edge": 90, "kilobits": 100}]}

    @pytest.mark.parametrize(
        ("language", "words"), [("zh-hans", "第二遍在整部影片中分配码率"), ("en", "the second pass shares the bits")]
    )
    def test_a_job_that_is_not_divided_says_why_before_it_begins(
        self, desks: dict[str, Desk], films: Films, log_in: LogIn, language: str, words: str
    ) -> None:
        job = submitted(desks[OURS], films.path("plain"), overrides={"video": self.TWO_PASS})
        assert words in text(log_in(Role.TENANT_USER, language=language).get(f"/films/jobs/{job.id}{ASK}"))

    def test_a_template_says_it_as_well(self, desks: dict[str, Desk], log_in: LogIn) -> None:
        assert not isinstance(desks[OURS].shelf.put({"name": "exact", "video": self.TWO_PASS}), Refused)
        client = log_in(Role.TENANT_USER, language="en")
        assert "in one piece, however long it is" in text(client.get(f"/films/templates/exact{ASK}"))
        for name in ("hls-ladder", "audio-aac"):
            assert "in one piece" not in text(client.get(f"/films/templates/{name}{ASK}"))

    def test_a_divided_film_shows_how_many_of_its_pieces_are_encoded(
        self, desks: dict[str, Desk], mine: Job, log_in: LogIn
    ) -> None:
        leases = Leases(desks[OURS].place.queue)
        held = leases.claim("a worker")
        assert held is not None
        assert leases.split(held.task, [Piece("chunk", 0, "", 0.5), Piece("chunk", 1, "", 0.5)], 1_200_000)
        first = leases.claim("a worker")
        assert first is not None
        assert leases.finished_piece(first.task, "", lambda _: Piece("join", 0, "", 0.1))
        page = text(log_in(Role.TENANT_USER, language="en").get(f"/films/jobs/{mine.id}{ASK}"))
        assert "The film is divided; 1 of 2 pieces are encoded." in page


class TestResults:
    def test_a_department_plays_and_fetches_what_others_only_count(
        self, desks: dict[str, Desk], films: Films, log_in: LogIn
    ) -> None:
        job = in_turn(desks[OURS], films)
        own = text(log_in(Role.TENANT_USER).get(f"/films/jobs/{job.id}{ASK}"))
        assert f'data-entry="/transcode/files/{CONTRACT}/' in own
        assert "hls.worker.js" in own
        manifest = desks[OURS].result(job.id)
        assert not isinstance(manifest, Refused)
        for role in (Role.ENGINEER, Role.CLIENT_MANAGER, Role.THIRD_PARTY):
            page = text(log_in(role).get(f"/films/jobs/{job.id}{ASK}"))
            assert "/transcode/files/" not in page
            assert all(one.digest in page for one in manifest.files)
        points = log_in(Role.ENGINEER).get(f"/films/jobs/{job.id}/quality/video-90p/vmaf{ASK}").json()
        assert points["kind"] == "course"
        assert [at for at, _ in points["series"][0]["points"]] == [0, 1]
        for what in ("kilobits", "none"):
            answer = log_in(Role.ENGINEER).get(f"/films/jobs/{job.id}/quality/video-90p/{what}{ASK}")
            assert answer.status_code == (200 if what == "kilobits" else 404)

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_a_failure_is_explained_in_the_readers_language(
        self, desks: dict[str, Desk], films: Films, log_in: LogIn, language: str
    ) -> None:
        (films.folder / "evil.mp4").write_text("ffconcat version 1.0\nfile secret.mp4\n")
        with working(desks[OURS].place):
            job = ended(desks[OURS], submitted(desks[OURS], films.folder / "evil.mp4").id)
        page = text(log_in(Role.TENANT_USER, language=language).get(f"/films/jobs/{job.id}{ASK}"))
        assert ("例如播放列表或脚本" if language == "zh-hans" else "a playlist or a script") in page
        assert ("失败的任务不计费" if language == "zh-hans" else "A failed job costs nothing") in page


class TestHandingIn:
    def form(self, upload: str, **more: str) -> dict[str, str]:
        return {"upload": upload, "template": "mp4-720", "priority": "7", **more}

    def test_a_job_is_queued_with_what_the_form_says(self, desks: dict[str, Desk], mine: Job, log_in: LogIn) -> None:
        upload = desks[OURS].uploads.all()[0].id
        given = self.form(upload, start="0.5", end="0:01.5", quality="1", overrides='{"audio": {"codec": "none"}}')
        answer = log_in(Role.TENANT_USER).post(f"/films/new{ASK}", given)
        assert answer.status_code == 302, text(answer)
        newest = next(one for one in desks[OURS].jobs() if one.request.priority == 7)
        asked = newest.request.template
        assert (newest.request.priority, asked.name, asked.quality_report) == (7, "mp4-720", True)
        assert (asked.clip.start_ms, asked.clip.end_ms, asked.audio.codec) == (500, 1500, "none")

    @pytest.mark.parametrize(
        ("field", "value", "named"),
        [
            ("upload", "", "upload"),
            ("upload", "upload-none", "upload"),
            ("template", "none", "template"),
            ("priority", "11", "priority"),
            ("priority", "much", "priority"),
            ("start", "soon", "start"),
            ("end", "1:2:3:4", "end"),
            ("overrides", "{", "overrides"),
            ("overrides", "[]", "overrides"),
            ("overrides", '{"video": {"crf": 99}}', "template.video.crf"),
        ],
    )
    def test_a_refusal_names_the_field_and_keeps_what_was_typed(
        self, desks: dict[str, Desk], mine: Job, log_in: LogIn, field: str, value: str, named: str
    ) -> None:
        given = {**self.form(desks[OURS].uploads.all()[0].id, callback="https://example.com/told"), field: value}
        answer = log_in(Role.TENANT_USER).post(f"/films/new{ASK}", given)
        assert answer.status_code == 422
        assert f"<code>{named}</code>" in text(answer)
        assert "https://example.com/told" in text(answer)
        assert [one.id for one in desks[OURS].jobs()] == [mine.id]

    def test_another_departments_upload_is_not_there(self, desks: dict[str, Desk], mine: Job, log_in: LogIn) -> None:
        upload = desks[OURS].uploads.all()[0].id
        other = log_in(Role.TENANT_USER, tenant=THEIRS, language="en")
        assert upload not in text(other.get(f"/films/new{ASK}"))
        assert "there is no upload" in text(other.post(f"/films/new{ASK}", self.form(upload)))

    def test_without_scripts_the_page_says_how_films_come_in(self, desks: dict[str, Desk], log_in: LogIn) -> None:
        page = text(log_in(Role.TENANT_USER, language="en").get(f"/films/new{ASK}"))
        assert "<noscript>" in page
        assert "yunyue transcode film.mp4" in page


class TestTemplates:
    def test_each_change_is_a_version_that_can_be_read(self, desks: dict[str, Desk], log_in: LogIn) -> None:
        client = log_in(Role.TENANT_USER, language="en")
        for crf in (20, 30):
            given = {"name": "web", "title": "For the web", "body": json.dumps({"video": {"crf": crf}})}
            assert client.post(f"/films/templates/edit{ASK}", given).status_code == 302
        assert "&quot;crf&quot;: 30" in text(client.get(f"/films/templates/web{ASK}"))
        assert "&quot;crf&quot;: 20" in text(client.get(f"/films/templates/web{ASK}&version=1"))
        assert "For the web" in text(client.get(f"/films/templates{ASK}"))
        assert "For the web" in text(log_in(Role.ENGINEER).get(f"/films/templates{ASK}"))
        assert "For the web" not in text(log_in(Role.TENANT_USER, tenant=THEIRS).get(f"/films/templates{ASK}"))
        assert client.get(f"/films/templates/edit{ASK}&from=web").status_code == 200
        assert client.post(f"/films/templates/web/retire{ASK}").status_code == 302
        assert "offered no longer" in text(client.get(f"/films/templates/web{ASK}"))

    def test_another_departments_template_is_not_there(self, desks: dict[str, Desk], log_in: LogIn) -> None:
        assert not isinstance(desks[THEIRS].shelf.put({"name": "theirs"}), Refused)
        client = log_in(Role.TENANT_USER)
        assert client.get(f"/films/templates/theirs{ASK}").status_code == 404
        assert client.get(f"/films/templates/theirs{ASK}&tenant={THEIRS}").status_code == 404
        assert client.post(f"/films/templates/theirs/retire{ASK}").status_code == 404
        assert client.get(f"/films/templates/edit{ASK}&from=theirs").status_code == 404

    @pytest.mark.parametrize(
        ("name", "body", "named"),
        [
            ("Web!", "{}", "template.name"),
            ("hls-ladder", "{}", "template.name"),
            ("web", '{"video": {"codec": "vp8"}}', "template.video.codec"),
            ("web", '{"segment_seconds": 3}', "template.segment_seconds"),
            ("web", "{", "body"),
            ("web", "7", "body"),
        ],
    )
    def test_a_refusal_names_the_field(
        self, desks: dict[str, Desk], log_in: LogIn, name: str, body: str, named: str
    ) -> None:
        given = {"name": name, "title": "My title", "body": body}
        answer = log_in(Role.TENANT_USER).post(f"/films/templates/edit{ASK}", given)
        assert answer.status_code == 422
        assert f"<code>{named}</code>" in text(answer)
        assert "My title" in text(answer)

    def test_ours_are_read_only(self, desks: dict[str, Desk], log_in: LogIn) -> None:
        page = text(log_in(Role.TENANT_USER, language="en").get(f"/films/templates/hls-ladder{ASK}"))
        assert "it can be read and copied, not changed" in page
        assert "/retire" not in page
