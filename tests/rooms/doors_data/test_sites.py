"""Pages of other sites at the door for films: those the operator named may ask, by token or link; no other may."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from services_cast import TestHost
from starlette.applications import Starlette
from starlette.testclient import TestClient
from transcode_cast import desk_at, place_at

from yunyue.doors.data.sites import METHODS, SENT
from yunyue.doors.data.transcode import Asker, Turned, routes
from yunyue.host.settings import Settings, read
from yunyue.services.transcode import opening

BASE = "/transcode/v1/c1"
NAMED, OTHER = "https://films.agency.example", "https://elsewhere.example"
ADDRESSES = [f"{BASE}/uploads", f"{BASE}/uploads/upload-1", f"{BASE}/jobs", f"{BASE}/jobs/job-1/link"]
ADDRESSES += [f"{BASE}/templates", "/transcode/files/c1/1-x/job-1/master.m3u8"]


def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origins: tuple[str, ...]) -> TestClient:
    place = place_at(tmp_path / "place")
    monkeypatch.setattr(opening, "_OPEN", {str(place.folder): place})
    host = desk_at(place, tmp_path).host
    assert isinstance(host, TestHost)

    def who(headers: Mapping[str, str], cookies: Mapping[str, str], act: str, contract: str) -> Asker | Turned:
        return Asker("bureau") if "authorization" in headers else Turned(401, "log in, or show a token")

    return TestClient(Starlette(routes=list(routes(lambda _: host, who, origins))))


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    return client(tmp_path, monkeypatch, (NAMED, "http://localhost:3000"))


def asked_first(door: TestClient, address: str, origin: str) -> tuple[int, Mapping[str, str]]:
    """What a browser asks before it sends a token."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    answer = door.options(address, headers=headers)
    return answer.status_code, answer.headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_named_site_is_told_what_it_may_send(door: TestClient, address: str) -> None:
    status, headers = asked_first(door, address, NAMED)
    assert status == 204
    assert headers["access-control-allow-origin"] == NAMED
    assert headers["access-control-allow-methods"] == METHODS
    assert headers["access-control-allow-headers"] == SENT
    assert headers["vary"] == "Origin"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("origin", [OTHER, "null", NAMED + ":8443", NAMED.replace("https", "http"), NAMED + ".evil.cn"])
def test_no_other_site_is(door: TestClient, address: str, origin: str) -> None:
    status, headers = asked_first(door, address, origin)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


def test_a_named_site_reads_the_answer_and_where_its_upload_stands(door: TestClient) -> None:
    given = {"Origin": NAMED, "Authorization": "Bearer x"}
    made = door.post(f"{BASE}/uploads", json={"label": "a", "size": 4}, headers=given)
    assert made.headers["access-control-allow-origin"] == NAMED
    assert "Upload-Offset" in made.headers["access-control-expose-headers"]
    assert made.headers["upload-offset"] == "0"
    assert "Origin" in made.headers["vary"]


def test_what_another_site_is_answered_stays_unreadable_and_is_not_kept_for_others(door: TestClient) -> None:
    answer = door.get(f"{BASE}/uploads", headers={"Origin": OTHER, "Authorization": "Bearer x"})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"


def test_no_site_ever_comes_with_a_persons_session(door: TestClient) -> None:
    for address in ADDRESSES:
        assert "access-control-allow-credentials" not in asked_first(door, address, NAMED)[1]
    assert "x-yunyue-console" not in SENT.lower()
    assert "*" not in (METHODS + SENT)


def test_without_the_setting_no_site_is_answered_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = client(tmp_path, monkeypatch, ())
    for address in ADDRESSES:
        answer = closed.options(address, headers={"Origin": NAMED, "Access-Control-Request-Method": "POST"})
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("given", ["*", "films.agency.example", "https://a.cn/films", "ftp://a.cn", "null"])
def test_what_is_no_site_is_refused_by_the_name_of_the_setting(given: str) -> None:
    refused = read({"YUNYUE_TRANSCODE_ORIGINS": given})
    assert not isinstance(refused, Settings)
    assert refused.field == "YUNYUE_TRANSCODE_ORIGINS"


def test_sites_are_separated_by_commas() -> None:
    found = read({"YUNYUE_TRANSCODE_ORIGINS": f"{NAMED}, http://localhost:3000"})
    assert isinstance(found, Settings)
    assert found.transcode_origins == (NAMED, "http://localhost:3000")
