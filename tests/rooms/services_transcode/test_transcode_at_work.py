"""The service with its workers: real films through the queue, killed workers, cancelled jobs, broken objects."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from films import Films
from seaweed import Seaweed
from transcode_cast import KeyBox, Moved, begun, desk_at, ended, place_at, submitted, uploaded, working

from yunyue.answer import Refused
from yunyue.host.sandbox import running
from yunyue.services.transcode.desk import Asked, Desk, Reader, asked_of
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker, sweep
from yunyue.services.transcode.objects import Objects
from yunyue.services.transcode.objects.expiry import expire
from yunyue.services.transcode.objects.manifest import Manifest, media_type, read_manifest
from yunyue.services.transcode.objects.store import digest_of
from yunyue.services.transcode.place import Place

SLOW = {"video": {"renditions": [{"short_edge": 180}], "effort": "thorough", "codec": "av1"}}


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return place_at(tmp_path / "place")


@pytest.fixture
def desk(here: Place, tmp_path: Path) -> Desk:
    return desk_at(here, tmp_path, at_once=4)


def result(desk: Desk, job: str) -> Manifest:
    found = desk.result(job)
    assert isinstance(found, Manifest), found
    return found


def ffmpegs() -> list[int]:
    """Processes of ours that run ffmpeg."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                if (
                    b"ffmpeg-linux" in (path / "cmdline").read_bytes()
                    and (path / "environ").stat().st_uid == os.geteuid()
                ):
                    found.append(int(path.name))
            except OSError:
                continue
    return found


def finish_quickly(here: Place) -> None:
    """The film is long for a test: what is left of it is done with a quicker codec."""
    with here.queue.database.transaction() as hand:
        hand.run("UPDATE jobs SET request = replace(request, '\"av1\"', '\"h264\"')")


class TestJobs:
    def test_a_film_becomes_a_result_whose_files_have_their_digests(
        self, films: Films, here: Place, desk: Desk
    ) -> None:
        with working(here):
            job = ended(desk, submitted(desk, films.path("plain")).id)
        assert (job.state, job.reason) == ("done", "")
        found = result(desk, job.id)
        assert found.entry == "master.m3u8"
        for one in found.files:
            path = here.folder / "objects" / found.folder / one.path
            assert (path.stat().st_size, digest_of(path)) == (one.size, one.digest)
        assert {one.name: one.frames for one in found.streams if one.kind == "video"} == {
            "video-180p": 50,
            "video-90p": 50,
        }

    def test_a_bad_film_fails_with_its_reason_and_leaves_nothing(self, tmp_path: Path, here: Place, desk: Desk) -> None:
        (tmp_path / "evil.mp4").write_text("ffconcat version 1.0\nfile secret.mp4\n")
        with working(here):
            job = ended(desk, submitted(desk, tmp_path / "evil.mp4").id)
        assert (job.state, job.kind) == ("failed", "input")
        assert "playlist or a script" in job.reason
        assert isinstance(desk.result(job.id), Refused)
        assert not here.objects.names("results")
        assert not list((here.folder / "work").iterdir())

    def test_cancelling_stops_the_engines_within_two_seconds_and_leaves_nothing(
        self, films: Films, here: Place, desk: Desk
    ) -> None:
        with working(here):
            job = submitted(desk, films.path("long"), overrides=SLOW)
            begun(desk, job.id, "encode")
            asked = time.monotonic()
            desk.cancel(job.id)
            assert ended(desk, job.id).state == "cancelled"
            assert time.monotonic() - asked < 2
        assert not list((here.folder / "work").iterdir())
        assert not here.objects.names("results")

    def test_a_stopping_worker_gives_its_job_back_and_another_finishes_it(
        self, films: Films, here: Place, desk: Desk
    ) -> None:
        with working(here):
            job = submitted(desk, films.path("long"), overrides=SLOW)
            begun(desk, job.id, "encode")
        found = desk.job(job.id)
        assert isinstance(found, Job)
        assert found.state == "running"
        finish_quickly(here)
        with working(here):
            assert ended(desk, job.id).state == "done"

    def test_progress_runs_to_the_end_and_tells_a_speed(self, films: Films, here: Place, desk: Desk) -> None:
        job = submitted(desk, films.path("long"), overrides={"video": {**SLOW["video"], "codec": "h264"}})
        seen: list[float] = []
        with working(here):
            pause = Event()
            while (now := desk.job(job.id)) and isinstance(now, Job) and now.state in ("queued", "running"):
                seen.append(now.share)
                pause.wait(0.05)
        assert seen == sorted(seen)
        assert ended(desk, job.id).share == 1.0

    def test_encrypted_results_give_their_key_to_whoever_has_the_link(self, films: Films, tmp_path: Path) -> None:
        box = KeyBox([])
        place = place_at(tmp_path / "p", door=box)
        desk = desk_at(place, tmp_path)
        over = {"encryption": {"scheme": "cbcs"}}
        with working(place):
            job = ended(desk, submitted(desk, films.path("plain"), overrides=over).id)
        assert job.state == "done", job.reason
        link = desk.link(job.id)
        assert isinstance(link, str)
        given, _, name = link.partition("/")
        assert Reader(place).key(given, name) == box.given[0]
        assert box.given[0].hex() not in job.request.key or job.request.key.startswith("vault:")
        assert isinstance(Reader(place).key(given.replace("-", "-0"), name), Refused)
        for one in result(desk, job.id).files:
            assert box.given[0] not in (place.folder / "objects" / result(desk, job.id).folder / one.path).read_bytes()

    def test_without_a_key_space_encryption_is_refused(self, films: Films, desk: Desk) -> None:
        asked = Asked(upload=uploaded(desk, films.path("plain")), overrides={"encryption": {"scheme": "cbcs"}})
        refused = desk.submit(asked)
        assert isinstance(refused, Refused)
        assert "keys.json" in refused.reason

    def test_files_that_a_template_needs_come_along(
        self, films: Films, tmp_path: Path, here: Place, desk: Desk
    ) -> None:
        (tmp_path / "more.srt").write_text("1\n00:00:00,500 --> 00:00:01,000\nbrought along\n")
        files = [{"name": "more.srt", "kind": "subtitles", "upload": uploaded(desk, tmp_path / "more.srt")}]
        files.append({"name": "more.mp4", "kind": "film", "upload": uploaded(desk, films.path("silent"))})
        asked = asked_of(
            {
                "upload": uploaded(desk, films.path("silent")),
                "files": files,
                "template": "mp4-720",
                "overrides": {"subtitles": {"mode": "burn", "file": "more.srt"}},
            }
        )
        assert isinstance(asked, Asked)
        job = desk.submit(asked)
        assert isinstance(job, Job), job
        with working(here):
            done = ended(desk, job.id)
        assert done.state == "done", done.reason
        assert result(desk, job.id).streams[0].frames == 100


class TestCrashes:
    def test_a_job_whose_worker_was_killed_is_finished_by_another_process(
        self, films: Films, here: Place, desk: Desk
    ) -> None:
        """kill -9 in the middle of encoding: no engine survives, and the job is done by the next worker."""
        job = submitted(desk, films.path("long"), overrides=SLOW)
        program = (
            "import sys; sys.path[:0] = sys.argv[2:];"
            "from pathlib import Path; from threading import Event;"
            "from transcode_cast import place_at; from yunyue.services.transcode.jobs.leases import Leases;"
            "from yunyue.services.transcode.jobs.worker import Worker;"
            "place = place_at(Path(sys.argv[1])); Worker(place, Leases(place.queue)).run(Event())"
        )
        engines_folder = str(Path(__file__).parents[2] / "engines")
        process = subprocess.Popen([sys.executable, "-c", program, str(here.folder), engines_folder])
        try:
            begun(desk, job.id, "encode")
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        clock = here.queue.now
        assert isinstance(clock, Moved)
        clock.at += 20_000
        Leases(here.queue).claim("notices")
        clock.at += 20_000
        finish_quickly(here)
        with working(here):
            assert ended(desk, job.id).state == "done"
        until = time.monotonic() + 5
        while ffmpegs() and time.monotonic() < until:
            Event().wait(0.05)
        assert not ffmpegs()

    def test_folders_of_dead_tries_are_swept(self, here: Place) -> None:
        old = here.folder / "work" / "old"
        old.mkdir(parents=True)
        os.utime(old, (1, 1))
        (here.folder / "work" / "new").mkdir()
        assert sweep(here) == 1
        assert [path.name for path in (here.folder / "work").iterdir()] == ["new"]

    def test_the_folder_of_a_try_that_takes_hours_is_not_swept(self, films: Films, here: Place, desk: Desk) -> None:
        """Its engines write further down, and a folder's own time stands still meanwhile."""
        submitted(desk, films.path("plain"))
        held = Leases(here.queue).claim("slow")
        assert held is not None
        folder = here.work_folder(held.task.id, held.task.tries)
        folder.mkdir(parents=True)
        os.utime(folder, (1, 1))
        assert sweep(here) == 0
        Leases(here.queue).given_back(held.task)
        assert sweep(here) == 1

    def test_a_worker_goes_on_when_the_objects_were_away_as_it_tidied(
        self, here: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stop, rounds = Event(), []

        def away(self: Worker, stop: Event) -> bool:
            rounds.append(1)
            if len(rounds) == 2:
                stop.set()
            raise OSError("no route to the objects")

        monkeypatch.setattr(Worker, "once", away)
        Worker(here, Leases(here.queue)).run(stop)
        assert len(rounds) == 2

    def test_objects_that_cannot_be_reached_are_tried_again_later(
        self, films: Films, here: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = submitted(desk, films.path("plain"))

        def away(self: Objects, name: str, path: Path) -> None:
            raise OSError("no route")

        monkeypatch.setattr(Objects, "put", away)
        worker = Worker(here, Leases(here.queue))
        assert worker.once(Event())
        found = desk.job(job.id)
        assert isinstance(found, Job)
        assert found.state == "running"
        monkeypatch.undo()
        clock = here.queue.now
        assert isinstance(clock, Moved)
        clock.at += 3_000
        assert worker.once(Event())
        assert ended(desk, job.id).state == "done"


class TestResults:
    def test_a_link_opens_one_job_until_it_expires(self, films: Films, here: Place, desk: Desk) -> None:
        with working(here):
            job = ended(desk, submitted(desk, films.path("plain")).id)
            other = ended(desk, submitted(desk, films.path("silent")).id)
        link = desk.link(job.id, 60)
        assert isinstance(link, str)
        given, _, _ = link.partition("/")
        reader = Reader(here)
        opened = reader.file(given, job.id, "master.m3u8")
        assert not isinstance(opened, Refused)
        assert opened[1] == "application/vnd.apple.mpegurl"
        assert isinstance(reader.file(given, other.id, "master.m3u8"), Refused)
        assert isinstance(reader.file(given, job.id, "../../jobs.sqlite"), Refused)
        assert isinstance(reader.file("9" * 10 + given[10:], job.id, "master.m3u8"), Refused)
        assert isinstance(here.queue.now, Moved)
        here.queue.now.at += 61_000
        expired = reader.file(given, job.id, "master.m3u8")
        assert isinstance(expired, Refused)
        assert "expired" in expired.reason

    def test_results_go_when_their_days_are_over_and_shared_ones_with_the_last(
        self, films: Films, here: Place, tmp_path: Path
    ) -> None:
        desk = desk_at(here, tmp_path, reuse=True, expires_days=2)
        upload = uploaded(desk, films.path("plain"))
        over = {"output": "remux", "pictures": {"snapshots": 0, "sprite_seconds": 0}}
        with working(here):
            first = desk.submit(Asked(upload=upload, overrides=over))
            assert isinstance(first, Job), first
            ended(desk, first.id)
        clock = here.queue.now
        assert isinstance(clock, Moved)
        clock.at += 86_400_000
        second = desk.submit(Asked(upload=upload, overrides=over))
        assert isinstance(second, Job)
        assert second.state == "done"
        clock.at += 86_400_001
        assert expire(here) == 1
        assert isinstance(desk.result(first.id), Refused)
        assert isinstance(desk.result(second.id), Manifest)
        clock.at += 86_400_000
        assert expire(here) == 1
        assert here.objects.names("results") == []

    def test_a_second_publication_of_a_job_leaves_the_first(self, films: Films, here: Place, desk: Desk) -> None:
        with working(here):
            job = ended(desk, submitted(desk, films.path("plain")).id)
        found = read_manifest(here.objects, job.id)
        assert found is not None
        assert not here.objects.create(f"results/{job.id}/manifest.json", b"{}")
        assert read_manifest(here.objects, job.id) == found

    @pytest.mark.parametrize(
        ("name", "kind"),
        [("a.m3u8", "application/vnd.apple.mpegurl"), ("a.jpg", "image/jpeg"), ("a.zz", "application/octet-stream")],
    )
    def test_files_have_their_media_type(self, name: str, kind: str) -> None:
        assert media_type(name) == kind


class TestBucket:
    def test_workers_without_a_common_disk_share_films_and_results_through_s3(
        self, films: Films, tmp_path: Path, seaweed: Seaweed
    ) -> None:
        bucket = Objects(seaweed.store(seaweed.bucket()), None, "transcode")
        place = place_at(tmp_path / "p", objects=bucket)
        desk = desk_at(place, tmp_path)
        with working(place):
            job = ended(desk, submitted(desk, films.path("plain")).id)
        assert job.state == "done", job.reason
        found = result(desk, job.id)
        first = found.files[0]
        assert len(b"".join(bucket.stream(f"{found.folder}/{first.path}"))) == first.size
        assert (
            bucket.part(f"{found.folder}/{first.path}", 2, 6)
            == b"".join(bucket.stream(f"{found.folder}/{first.path}"))[2:6]
        )
        assert bucket.size("nothing") is None
        assert bucket.read("nothing") is None
        assert not bucket.create(f"results/{job.id}/manifest.json", b"{}"), "created once"
        assert isinstance(bucket.fetch("nothing", tmp_path / "x", 10), Refused)
        assert isinstance(bucket.fetch(f"{found.folder}/{first.path}", tmp_path / "x", 10), Refused)

    def test_wrong_keys_are_trouble_with_the_infrastructure(
        self, films: Films, tmp_path: Path, seaweed: Seaweed
    ) -> None:
        bucket = Objects(seaweed.store(seaweed.bucket(), secret="wrong"))
        place = place_at(tmp_path / "p", objects=bucket)
        desk = desk_at(place, tmp_path)
        made = desk.uploads.open("x.mp4", 3)
        assert not isinstance(made, Refused)
        refused = desk.uploads.append(made.id, 0, b"abc")
        assert isinstance(refused, Refused)
        assert "cannot be reached" in refused.reason


def test_the_first_engine_starts_soon_after_a_job_was_submitted(
    films: Films, here: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The soonest of eight: others may be busy on this machine."""
    began: list[float] = []
    real = running._start

    def noted(*arguments: object) -> object:
        began.append(time.monotonic())
        return real(*arguments)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(running, "_start", noted)
    upload = uploaded(desk, films.path("plain"))
    waits: list[float] = []
    with working(here):
        for number in range(8):
            began.clear()
            asked = time.monotonic()
            job = desk.submit(Asked(upload=upload, template="remux-mp4", overrides={"clip": {"start_ms": number}}))
            assert isinstance(job, Job)
            ended(desk, job.id)
            waits.append(began[0] - asked)
    assert min(waits) < 0.15
