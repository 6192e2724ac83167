"""yunyue transcode: a real film goes in at a terminal and its result comes out; all else of the desk beside it."""

import json
from pathlib import Path

import pytest
from cli_cast import Terminal
from film_server import MINE, THEIRS, ordered
from films import Films
from PIL import Image

from yunyue.host.settings import Settings
from yunyue.services.transcode.objects.store import digest_of

SMALL = json.dumps(
    {
        "video": {"renditions": [{"short_edge": 90}], "effort": "fast"},
        "pictures": {"snapshots": 0, "sprite_seconds": 0},
    }
)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """An installation where one department ordered transcoding and nobody serves."""
    home = tmp_path_factory.mktemp("transcoding") / "home"
    ordered(Settings(home=home), (MINE,))
    return Terminal(home)


@pytest.fixture(scope="module")
def done(desk: Terminal, films: Films) -> str:
    """A job that has ended well."""
    found = desk.json("transcode", str(films.path("plain")), "--set", SMALL)
    assert found["state"] == "done"
    return str(found["id"])


def test_a_film_goes_in_and_its_result_comes_out(desk: Terminal, films: Films, tmp_path: Path) -> None:
    found = desk.json("transcode", str(films.path("plain")), "--set", SMALL, "-o", str(tmp_path / "out"))
    assert (found["state"], found["share"]) == ("done", 1)
    assert (tmp_path / "out" / found["result"]["entry"]).read_text().startswith("#EXTM3U")
    for one in found["result"]["files"]:
        assert digest_of(tmp_path / "out" / one["path"]) == one["digest"]
    assert {one["frames"] for one in found["result"]["streams"] if one["kind"] == "video"} == {50}


def test_a_person_is_told_the_streams_and_where_the_result_is(desk: Terminal, films: Films) -> None:
    told = desk.ok("transcode", "run", str(films.path("plain")), "--template", "audio-aac")
    assert "aac" in told
    assert "yunyue transcode result job-" in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_jobs_are_listed_in_both_languages(desk: Terminal, done: str, lang: str) -> None:
    told = desk.run("transcode", "jobs", lang=lang).stdout
    assert done in told
    assert {"zh": "已完成", "en": "done"}[lang] in told
    assert [one["id"] for one in desk.json("transcode", "jobs", "--state", "failed")] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_turnaround_is_told_with_its_percentile(desk: Terminal, done: str, lang: str) -> None:
    (month,) = desk.json("transcode", "turnaround")
    assert month["jobs"] >= 1
    assert month["p95_of_allowed"] > 0
    assert (month["p95_of_allowed"] <= 1) == (month["in_time"] * 100 >= 95 * month["jobs"])
    told = desk.run("transcode", "turnaround", lang=lang).stdout
    assert month["month"] in told
    assert {"zh": "p95 占允许用时", "en": "p95 of allowed"}[lang] in told
    (job,) = [one for one in desk.json("transcode", "jobs") if one["id"] == done]
    assert job["took"] > 0


def test_without_a_job_that_is_done_there_is_no_turnaround(tmp_path: Path) -> None:
    ordered(Settings(home=tmp_path / "home"), (MINE,))
    idle = Terminal(tmp_path / "home")
    assert idle.json("transcode", "turnaround") == []
    assert "no job is done yet" in idle.ok("transcode", "turnaround")


def test_a_job_waits_when_nobody_waits_for_it_and_can_be_cancelled(desk: Terminal, films: Films) -> None:
    queued = desk.json("transcode", str(films.path("plain")), "--set", SMALL, "--no-wait")
    assert queued["state"] == "queued"
    assert desk.json("transcode", "cancel", queued["id"])["state"] == "cancelled"
    assert desk.refused("transcode", "cancel", queued["id"])["reason"] == "the job is cancelled already"


def test_a_result_is_fetched_again_but_over_nothing(desk: Terminal, done: str, tmp_path: Path) -> None:
    found = desk.json("transcode", "result", done, "-o", str(tmp_path / "again"))
    assert {one["path"] for one in found["files"]} == {
        path.relative_to(tmp_path / "again").as_posix() for path in (tmp_path / "again").rglob("*") if path.is_file()
    }
    refused = desk.refused("transcode", "result", done, "-o", str(tmp_path / "again"))
    assert refused["reason"] == "there is something of this name already"


def test_a_file_that_was_altered_is_not_handed_out(desk: Terminal, films: Films, tmp_path: Path) -> None:
    job = desk.json("transcode", str(films.path("plain")), "--template", "remux-mp4")
    (path,) = desk.home.rglob(f"{job['id']}*/**/film.mp4")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    refused = desk.refused("transcode", "result", job["id"], "-o", str(tmp_path / "bad"))
    assert refused["field"] == "film.mp4"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("lang", "words"), [("zh", "待送"), ("en", "waiting")])
def test_callbacks_are_listed_with_the_secret_apart(desk: Terminal, films: Films, lang: str, words: str) -> None:
    hook = "https://hook.example.cn/films"
    job = desk.json("transcode", str(films.path("plain")), "--no-wait", "--callback", hook)["id"]
    desk.ok("transcode", "cancel", job)
    told = desk.run("transcode", "callbacks", lang=lang).stdout
    assert job in told
    assert hook in told
    assert words in told
    secret = desk.json("transcode", "callbacks", "--secret")["secret"]
    assert len(secret) == 64
    assert secret not in told


def test_a_job_brings_a_picture_along_and_a_wrong_one_leaves_nothing(
    desk: Terminal, films: Films, tmp_path: Path
) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGB", (16, 16), "red").save(logo)
    marked = json.dumps({**json.loads(SMALL), "watermarks": [{"image": "logo.png"}]})
    film = str(films.path("plain"))
    found = desk.json("transcode", film, "--template", "mp4-720", "--set", marked, "--bring", f"picture:{logo}")
    assert found["state"] == "done"
    before = sorted(desk.home.rglob("uploads/*.json"))
    refused = desk.refused("transcode", film, "--set", marked, "--bring", f"mark:{logo}")
    assert refused["field"] == "files.kind"
    assert sorted(desk.home.rglob("uploads/*.json")) == before
    assert (
        desk.refused("transcode", film, "--bring", f"picture:{tmp_path}/none.png")["reason"] == "there is no such file"
    )


def test_templates_are_listed_and_shown(desk: Terminal) -> None:
    assert "hls-ladder" in {one["name"] for one in desk.json("transcode", "templates")}
    assert desk.json("transcode", "templates", "mp4-720")["video"]["renditions"][0]["short_edge"] == 720
    assert '"short_edge": 720' in desk.ok("transcode", "templates", "mp4-720")


def test_a_template_of_ones_own_is_kept_in_versions_until_it_is_retired(desk: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps({**desk.json("transcode", "templates", "mp4-720"), "name": "my-mp4"}))
    assert desk.json("transcode", "template", "keep", str(file))["version"] == 1
    assert "my-mp4 2" in desk.ok("transcode", "template", "keep", str(file))
    assert desk.json("transcode", "templates", "my-mp4")["version"] == 2
    desk.ok("transcode", "template", "retire", "my-mp4")
    assert "my-mp4" not in {one["name"] for one in desk.json("transcode", "templates")}
    assert desk.json("transcode", "templates", "my-mp4", "--version", "1")["version"] == 1
    assert desk.refused("transcode", "template", "retire", "my-mp4")["field"] == "template"


@pytest.mark.parametrize(
    ("text", "field"),
    [("{", "template"), ("[1]", "template"), ('{"name": "mp4-720"}', "template.name")],
)
def test_a_template_that_cannot_be_is_refused_by_field(desk: Terminal, tmp_path: Path, text: str, field: str) -> None:
    file = tmp_path / "template.json"
    file.write_text(text)
    assert desk.refused("transcode", "template", "keep", str(file))["field"] == field


def test_a_film_is_looked_into_without_an_installation(empty: Terminal, films: Films) -> None:
    found = empty.json("transcode", "probe", str(films.path("rotated")))
    assert (found["video"]["width"], found["video"]["height"], found["video"]["frames"]) == (180, 320, 50)
    assert "8 ch" not in empty.ok("transcode", "probe", str(films.path("tracks")))
    assert empty.ok("transcode", "probe", str(films.path("tracks"))).count("48000 Hz") == 8


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--template", "none"), "template"),
        (("--set", '{"video": {"crf": 99}}'), "template.video.crf"),
        (("--set", "[1]"), "set"),
        (("--set", "{"), "set"),
        (("--contract", "none"), "contract"),
        (("--tenant", "nobody"), "tenant"),
    ],
)
def test_what_cannot_be_is_refused_before_a_film_is_copied(
    desk: Terminal, films: Films, words: tuple[str, ...], field: str
) -> None:
    before = {path.name for path in desk.home.rglob("uploads/*")}
    assert desk.refused("transcode", str(films.path("plain")), *words)["field"] == field
    assert {path.name for path in desk.home.rglob("uploads/*")} == before


def test_a_film_that_fails_is_refused_with_its_reason(desk: Terminal, tmp_path: Path) -> None:
    (tmp_path / "evil.mp4").write_text("ffconcat version 1.0\nfile secret.mp4\n")
    assert "playlist or a script" in desk.refused("transcode", str(tmp_path / "evil.mp4"))["reason"]
    assert "playlist or a script" in desk.refused("transcode", "probe", str(tmp_path / "evil.mp4"))["reason"]
    assert desk.refused("transcode", str(tmp_path / "none.mp4"))["reason"] == "there is no such file"


def test_where_two_departments_ordered_one_is_named(tmp_path: Path) -> None:
    contract = ordered(Settings(home=tmp_path / "home"), (MINE, THEIRS))
    both = Terminal(tmp_path / "home")
    assert f"{contract} {THEIRS}" in both.refused("transcode", "jobs")["reason"]
    assert both.json("transcode", "jobs", "--tenant", MINE) == []
