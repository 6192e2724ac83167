"""The door for films: resumable uploads, jobs and templates for those who may, results for holders of links."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from films import Films
from services_cast import TestHost
from starlette.applications import Starlette
from starlette.testclient import TestClient
from transcode_cast import desk_at, ended, place_at, working

from yunyue.doors.data.transcode import Asker, Turned, routes
from yunyue.services.transcode import opening
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.jobs.database import SqliteDatabase
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.objects.store import Objects, digest_of
from yunyue.services.transcode.place import Place

BASE = "/transcode/v1/c1"


@pytest.fixture
def films(tmp_path: Path) -> Films:
    return Films(tmp_path)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = place_at(tmp_path / "place")
    monkeypatch.setattr(opening, "_OPEN", {str(made.folder): made})
    return made


@pytest.fixture
def desk(place: Place, tmp_path: Path) -> Desk:
    return desk_at(place, tmp_path)


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    """The caller names the tenant and what they may in a header; who that is in truth is tested with the accounts."""
    host = desk.host
    assert isinstance(host, TestHost)

    def who(headers: Mapping[str, str], cookies: Mapping[str, str], act: str, contract: str) -> Asker | Turned:
        tenant, _, may = headers.get("x-test", "").partition(":")
        if not tenant:
            return Turned(401, "log in, or show a token")
        return Asker(tenant) if act in may.split(",") else Turned(403, f"not for {act}")

    app = Starlette(routes=list(routes(lambda name: host if name == "c1" else None, who)))
    with TestClient(app, headers={"x-test": "bureau:read,write"}) as made:
        yield made


def broken(*_: object) -> None:
    raise OSError(28, "No space left on device")


def upload(client: TestClient, path: Path) -> str:
    content = path.read_bytes()
    made = client.post(f"{BASE}/uploads", json={"label": path.name, "size": len(content), "digest": digest_of(path)})
    assert made.status_code == 201, made.text
    name = str(made.json()["id"])
    half = len(content) // 2
    assert (
        client.patch(f"{BASE}/uploads/{name}", content=content[:half], headers={"Upload-Offset": "0"}).status_code
        == 200
    )
    told = client.head(f"{BASE}/uploads/{name}")
    assert (told.headers["upload-offset"], told.headers["upload-complete"]) == (str(half), "?0")
    done = client.patch(f"{BASE}/uploads/{name}", content=content[half:], headers={"Upload-Offset": str(half)})
    assert (done.status_code, done.headers["upload-complete"]) == (200, "?1"), done.text
    return name


class TestUploads:
    def test_a_film_comes_in_pieces_and_goes_on_where_it_stood(self, client: TestClient, films: Films) -> None:
        name = upload(client, films.path("plain"))
        assert client.get(f"{BASE}/uploads").json()["uploads"][0]["id"] == name

    def test_a_piece_at_the_wrong_place_is_a_conflict_and_changes_nothing(self, client: TestClient) -> None:
        name = client.post(f"{BASE}/uploads", json={"label": "a", "size": 10}).json()["id"]
        client.patch(f"{BASE}/uploads/{name}", content=b"abc", headers={"Upload-Offset": "0"})
        wrong = client.patch(f"{BASE}/uploads/{name}", content=b"xyz", headers={"Upload-Offset": "1"})
        assert (wrong.status_code, wrong.json()["field"]) == (409, "offset")
        assert client.head(f"{BASE}/uploads/{name}").headers["upload-offset"] == "3"
        assert client.patch(f"{BASE}/uploads/{name}", content=b"x").status_code == 422

    def test_more_than_was_announced_is_refused(self, client: TestClient) -> None:
        name = client.post(f"{BASE}/uploads", json={"label": "a", "size": 2}).json()["id"]
        assert client.patch(f"{BASE}/uploads/{name}", content=b"abc", headers={"Upload-Offset": "0"}).status_code == 422

    def test_another_digest_than_announced_begins_anew(self, client: TestClient) -> None:
        asked = {"label": "a", "size": 3, "digest": "sha256:" + "0" * 64}
        name = client.post(f"{BASE}/uploads", json=asked).json()["id"]
        refused = client.patch(f"{BASE}/uploads/{name}", content=b"abc", headers={"Upload-Offset": "0"})
        assert (refused.status_code, refused.json()["field"]) == (422, "digest")
        assert client.get(f"{BASE}/uploads/{name}").status_code == 404

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"label": "a", "size": 0}, "size"),
            ({"label": "a", "size": 1 << 60}, "size"),
            ({"label": "a", "size": "9"}, "size"),
            ({"label": "a", "size": 9, "digest": "md5:0"}, "digest"),
            ({"surprise": 1}, "surprise"),
            ([], "body"),
        ],
    )
    def test_an_upload_that_cannot_be_is_refused_by_field(self, client: TestClient, asked: object, field: str) -> None:
        refused = client.post(f"{BASE}/uploads", json=asked)
        assert (refused.status_code, refused.json()["field"]) == (422, field)

    def test_what_arrived_while_the_objects_were_away_is_finished_by_asking_again(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = client.post(f"{BASE}/uploads", json={"label": "a", "size": 3}).json()["id"]
        with monkeypatch.context() as away:
            away.setattr(Objects, "put", broken)
            told = client.patch(f"{BASE}/uploads/{name}", content=b"abc", headers={"Upload-Offset": "0"})
        assert (told.status_code, told.json()["field"]) == (503, "objects")
        assert client.head(f"{BASE}/uploads/{name}").headers["upload-complete"] == "?0"
        done = client.patch(f"{BASE}/uploads/{name}", headers={"Upload-Offset": "3"})
        assert (done.status_code, done.headers["upload-complete"]) == (200, "?1")

    def test_a_full_disk_is_said_and_what_arrived_before_stays(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = client.post(f"{BASE}/uploads", json={"label": "a", "size": 6}).json()["id"]
        client.patch(f"{BASE}/uploads/{name}", content=b"abc", headers={"Upload-Offset": "0"})
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", broken)
            told = client.patch(f"{BASE}/uploads/{name}", content=b"d", headers={"Upload-Offset": "3"})
        assert (told.status_code, told.json()["field"]) == (507, "disk")
        stands = client.head(f"{BASE}/uploads/{name}").headers["upload-offset"]
        rest = client.patch(
            f"{BASE}/uploads/{name}", content=b"abcdef"[int(stands) :], headers={"Upload-Offset": stands}
        )
        assert rest.headers["upload-complete"] == "?1"

    def test_an_upload_is_given_up(self, client: TestClient, place: Place) -> None:
        name = client.post(f"{BASE}/uploads", json={"label": "a", "size": 9}).json()["id"]
        assert client.delete(f"{BASE}/uploads/{name}").status_code == 204
        assert client.get(f"{BASE}/uploads/{name}").status_code == 404
        assert not list((place.folder / "uploads").glob("*.part"))

    @pytest.mark.parametrize("name", ["..%2f..%2fjobs", "upload-x", "%00"])
    def test_names_lead_nowhere_else(self, client: TestClient, name: str) -> None:
        assert client.get(f"{BASE}/uploads/{name}").status_code in (404, 405)


class TestJobs:
    def test_from_a_film_to_a_player(self, client: TestClient, films: Films, place: Place, desk: Desk) -> None:
        asked = {
            "upload": upload(client, films.path("plain")),
            "template": "hls-ladder",
            "overrides": {"video": {"renditions": [{"short_edge": 180}], "effort": "fast"}},
        }
        made = client.post(f"{BASE}/jobs", json=asked)
        assert made.status_code == 202, made.text
        job = made.json()
        assert (job["state"], job["label"]) == ("queued", "plain.mp4")
        with working(place):
            ended(desk, job["id"])
        shown = client.get(f"{BASE}/jobs/{job['id']}").json()
        assert (shown["state"], shown["share"]) == ("done", 1.0)
        assert [one["id"] for one in client.get(f"{BASE}/jobs?state=done&limit=5").json()["jobs"]] == [job["id"]]
        assert client.get(f"{BASE}/jobs/{job['id']}/result").json()["entry"] == "master.m3u8"
        address = client.post(f"{BASE}/jobs/{job['id']}/link", json={"seconds": 600}).json()["address"]
        nobody = {"x-test": ""}
        master = client.get(f"{address}master.m3u8", headers=nobody)
        assert master.status_code == 200
        assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert "video-180p/index.m3u8" in master.text
        whole = client.get(f"{address}video-180p/00001.m4s", headers=nobody).content
        part = client.get(f"{address}video-180p/00001.m4s", headers={**nobody, "Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
        tail = client.get(f"{address}video-180p/00001.m4s", headers={**nobody, "Range": "bytes=-5"})
        assert tail.content == whole[-5:]
        assert (
            client.get(f"{address}video-180p/00001.m4s", headers={**nobody, "Range": "bytes=99999999-"}).status_code
            == 416
        )
        assert client.head(f"{address}master.m3u8", headers=nobody).headers["content-length"] == str(
            len(master.content)
        )
        forged = address.replace("-", "-0", 1)
        assert client.get(f"{forged}master.m3u8", headers=nobody).status_code == 404
        assert client.get(f"{address}../../x", headers=nobody).status_code == 404
        assert client.get(f"{address}key", headers=nobody).status_code == 422

    def test_a_job_is_cancelled(self, client: TestClient, films: Films) -> None:
        job = client.post(f"{BASE}/jobs", json={"upload": upload(client, films.path("plain"))}).json()
        assert client.delete(f"{BASE}/jobs/{job['id']}").json()["state"] == "cancelled"
        assert client.delete(f"{BASE}/jobs/{job['id']}").status_code == 422
        assert client.get(f"{BASE}/jobs/{job['id']}/result").status_code == 422

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({}, "upload"),
            ({"upload": "upload-none"}, "upload"),
            ({"object": "../../secret"}, "object"),
            ({"upload": "x", "template": "nothing"}, "template"),
            ({"upload": "x", "overrides": {"video": {"crf": 99}}}, "template.video.crf"),
            ({"upload": "x", "overrides": {"segment_seconds": 3}}, "template.segment_seconds"),
            ({"upload": "x", "priority": 10}, "priority"),
            ({"surprise": 1}, "job"),
        ],
    )
    def test_what_cannot_be_done_is_refused_by_field(self, client: TestClient, asked: object, field: str) -> None:
        refused = client.post(f"{BASE}/jobs", json=asked)
        assert refused.status_code in (404, 422)
        assert refused.json()["field"] == field

    def test_what_is_no_json_or_too_much_of_it_is_refused(self, client: TestClient) -> None:
        assert client.post(f"{BASE}/jobs", content=b"{").status_code == 422
        assert client.post(f"{BASE}/jobs", content=b" " * 300_000).status_code == 413
        assert client.get(f"{BASE}/jobs?state=odd").status_code == 422

    def test_a_queue_that_is_away_is_said(self, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(self: SqliteDatabase) -> None:
            raise QueueBroken("jobs.sqlite: disk I/O error")

        monkeypatch.setattr(SqliteDatabase, "transaction", away)
        for path in (f"{BASE}/jobs", "/transcode/files/c1/1-x/job-1/master.m3u8"):
            told = client.get(path)
            assert told.status_code == 503
            assert told.json() == {
                "reason": "the queue of jobs cannot be reached; try again later",
                "field": "queue",
                "clause": "C37",
            }


class TestCallbacks:
    def test_a_department_sees_its_callbacks_and_asks_for_its_secret(
        self, client: TestClient, films: Films, desk: Desk
    ) -> None:
        name = upload(client, films.path("plain"))
        hook = "https://hook.example.cn/x"
        job = client.post(f"{BASE}/jobs", json={"upload": name, "callback": hook}).json()["id"]
        assert client.get(f"{BASE}/callbacks").json() == {"callbacks": []}
        client.delete(f"{BASE}/jobs/{job}")
        (told,) = client.get(f"{BASE}/callbacks").json()["callbacks"]
        assert (told["job"], told["address"], told["state"], told["tries"]) == (job, hook, "waiting", 0)
        assert client.post(f"{BASE}/callbacks/secret").json() == {"secret": desk.callback_secret()}

    def test_who_may_only_read_gets_no_secret_and_others_see_no_callbacks(
        self, client: TestClient, films: Films
    ) -> None:
        name = upload(client, films.path("plain"))
        job = client.post(f"{BASE}/jobs", json={"upload": name, "callback": "https://hook.example.cn/x"}).json()["id"]
        client.delete(f"{BASE}/jobs/{job}")
        reader = {"x-test": "bureau:read"}
        assert client.post(f"{BASE}/callbacks/secret", headers=reader).status_code == 403
        assert client.get(f"{BASE}/callbacks/secret", headers=reader).status_code == 405
        others = {"x-test": "others:read,write"}
        assert client.get(f"{BASE}/callbacks", headers=others).json() == {"callbacks": []}


class TestTemplates:
    def test_a_tenants_template_has_versions_and_ours_cannot_be_replaced(self, client: TestClient) -> None:
        first = client.post(f"{BASE}/templates", json={"name": "mine", "segment_seconds": 6})
        assert (first.status_code, first.json()["version"]) == (201, 1)
        assert client.post(f"{BASE}/templates", json={"name": "mine", "segment_seconds": 8}).json()["version"] == 2
        assert client.get(f"{BASE}/templates/mine").json()["segment_seconds"] == 8
        assert client.get(f"{BASE}/templates/mine?version=1").json()["segment_seconds"] == 6
        assert client.post(f"{BASE}/templates", json={"name": "hls-ladder"}).status_code == 422
        names = [one["name"] for one in client.get(f"{BASE}/templates").json()["templates"]]
        assert names[0] == "mine"
        assert "hls-ladder" in names
        assert client.delete(f"{BASE}/templates/mine").status_code == 204
        assert client.get(f"{BASE}/templates/mine").status_code == 404
        assert client.get(f"{BASE}/templates/mine?version=1").status_code == 200


class TestWho:
    @pytest.mark.parametrize(
        "path", ["/uploads", "/jobs", "/templates", "/jobs/job-1", "/jobs/job-1/result", "/templates/x"]
    )
    def test_nobody_gets_anything(self, client: TestClient, path: str) -> None:
        answer = client.get(f"{BASE}{path}", headers={"x-test": ""})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")

    @pytest.mark.parametrize(
        ("verb", "path"),
        [
            ("POST", "/uploads"),
            ("POST", "/jobs"),
            ("DELETE", "/jobs/j"),
            ("POST", "/templates"),
            ("PATCH", "/uploads/u"),
            ("DELETE", "/uploads/u"),
            ("DELETE", "/templates/t"),
            ("POST", "/jobs/j/link"),
        ],
    )
    def test_who_may_only_read_changes_nothing(self, client: TestClient, verb: str, path: str) -> None:
        answer = client.request(verb, f"{BASE}{path}", headers={"x-test": "bureau:read"})
        assert answer.status_code == 403

    def test_another_tenant_sees_neither_uploads_nor_jobs_nor_templates(self, client: TestClient, films: Films) -> None:
        name = upload(client, films.path("plain"))
        job = client.post(f"{BASE}/jobs", json={"upload": name}).json()["id"]
        client.post(f"{BASE}/templates", json={"name": "mine"})
        other = {"x-test": "others:read,write"}
        assert client.get(f"{BASE}/uploads/{name}", headers=other).status_code == 404
        assert client.get(f"{BASE}/jobs/{job}", headers=other).status_code == 404
        assert client.delete(f"{BASE}/jobs/{job}", headers=other).status_code == 404
        assert client.post(f"{BASE}/jobs/{job}/link", headers=other).status_code == 404
        assert client.get(f"{BASE}/templates/mine", headers=other).status_code == 404
        assert client.get(f"{BASE}/jobs", headers=other).json() == {"jobs": []}

    def test_a_department_reads_its_turnaround_and_no_others(
        self, client: TestClient, films: Films, place: Place, desk: Desk
    ) -> None:
        assert client.get(f"{BASE}/turnaround").json() == {"months": []}
        job = client.post(f"{BASE}/jobs", json={"upload": upload(client, films.path("plain"))}).json()
        assert job["took"] is None
        with place.queue.database.transaction() as hand:
            sql = "UPDATE jobs SET state = 'done', created = ?, ended = ?, seconds = 60000"
            hand.run(sql, (job["created"] - 120_000, job["created"]))
        (month,) = client.get(f"{BASE}/turnaround").json()["months"]
        assert (month["jobs"], month["in_time"], month["p95_seconds"]) == (1, 1, 120)
        assert (month["p95_lengths"], month["p95_of_allowed"]) == (2, 0.5)
        assert client.get(f"{BASE}/jobs/{job['id']}").json()["took"] == 120
        assert client.get(f"{BASE}/turnaround", headers={"x-test": "others:read"}).json() == {"months": []}
        assert client.get(f"{BASE}/turnaround", headers={"x-test": ""}).status_code == 401

    def test_a_job_says_whether_its_film_is_divided(self, client: TestClient, films: Films) -> None:
        video = {"control": "two_pass", "renditions": [{"short_edge": 90, "kilobits": 100}]}
        asked = {"upload": upload(client, films.path("plain")), "overrides": {"video": video}}
        job = client.post(f"{BASE}/jobs", json=asked).json()
        found = client.get(f"{BASE}/jobs/{job['id']}").json()
        assert found["pieces"] == {"all": 0, "done": 0}
        assert "second pass" in found["in_one_piece"]

    def test_a_contract_that_is_not_there(self, client: TestClient) -> None:
        assert client.get("/transcode/v1/none/jobs").status_code == 404
        assert client.get("/transcode/files/none/1-x/job/a").status_code == 404
