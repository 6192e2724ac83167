"""Long films in chunks: no frame lost or doubled at a seam, sound in step, the same picture as in one piece."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from films import X264, Films, ffmpeg, flashes_and_beeps, lavfi, synchronous
from hypothesis import given, settings
from hypothesis import strategies as st
from transcode_cast import Moved, desk_at, ended, place_at, submitted, working
from workshop import MACHINE, media, packets, seekable, template

from yunyue.services.transcode.chunks import pieces
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.engine.outcome import Failed
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker, tidy
from yunyue.services.transcode.objects.manifest import Manifest
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.plan.join import cuts, divisible
from yunyue.services.transcode.plan.work import Work, work_of

ONE_SIZE = {"renditions": [{"short_edge": 180, "kilobits": 800}], "effort": "fast"}


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return place_at(tmp_path / "chunked", chunk_above=4, chunk_seconds=4)


@pytest.fixture
def desk(here: Place, tmp_path: Path) -> Desk:
    return desk_at(here, tmp_path, at_once=8)


def made(desk: Desk, path: Path, workers: int = 2, **over: object) -> tuple[Job, Manifest]:
    with working(desk.place, workers):
        job = ended(desk, submitted(desk, path, overrides={"video": ONE_SIZE, **over}).id)
    assert job.state == "done", job.reason
    found = desk.result(job.id)
    assert isinstance(found, Manifest)
    return job, found


def picture(desk: Desk, found: Manifest, target: Path) -> Path:
    """The rendition as one file."""
    folder = desk.place.folder / "objects" / found.folder
    if found.entry.endswith(".mp4"):
        return folder / found.entry
    parts = [folder / "video-180p/init.mp4", *sorted((folder / "video-180p").glob("*.m4s"))]
    target.write_bytes(b"".join(one.read_bytes() for one in parts))
    return target


def vmaf(result: Path, source: Path, place: Path) -> float:
    log = place / "vmaf.json"
    same = "settb=AVTB,setpts=PTS-STARTPTS"
    graph = f"[0:v]{same}[a];[1:v]{same}[b];[a][b]libvmaf=log_fmt=json:log_path={log}"
    ffmpeg("-i", str(result), "-i", str(source), "-lavfi", graph, "-f", "null", "-")
    return float(json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"])


class TestWhole:
    @pytest.mark.parametrize("name", ["long", "open-gop"])
    def test_chunked_equals_unchunked_to_the_frame_and_nearly_in_quality(
        self, films: Films, tmp_path: Path, desk: Desk, name: str
    ) -> None:
        _, chunked = made(desk, films.path(name))
        plain = desk_at(place_at(tmp_path / "plain"), tmp_path)
        _, whole = made(plain, films.path(name), 1)
        first, second = picture(desk, chunked, tmp_path / "c.mp4"), picture(plain, whole, tmp_path / "w.mp4")
        assert packets(first).times == packets(second).times
        assert packets(first).keys == packets(second).keys
        assert packets(first).count == 300
        assert abs(vmaf(first, films.path(name), tmp_path) - vmaf(second, films.path(name), tmp_path)) <= 0.3

    def test_streams_say_the_same_as_in_one_piece(self, films: Films, desk: Desk) -> None:
        _, found = made(desk, films.path("long"))
        first = found.streams[0]
        assert (first.kind, first.frames, first.seconds) == ("video", 300, 12_000)
        assert found.streams[1].seconds == pytest.approx(12_000, abs=25)

    def test_sound_stays_in_step_over_the_seams(self, tmp_path: Path, desk: Desk) -> None:
        source = synchronous(tmp_path / "sync.mkv", 12)
        _, found = made(desk, source, output="mp4")
        flashes, beeps = flashes_and_beeps(picture(desk, found, tmp_path / "x.mp4"))
        assert len(flashes) == 11
        assert beeps == pytest.approx(flashes, abs=0.02)

    def test_a_transport_stream_is_made_seekable_first(self, tmp_path: Path, desk: Desk) -> None:
        source = tmp_path / "long.ts"
        ffmpeg(*lavfi("testsrc2=s=320x180:r=30000/1001:d={seconds}", 9), *X264, "-g", "40", "-c:a", "aac", str(source))
        wanted = media(source).video
        assert wanted is not None
        _, found = made(desk, source)
        assert found.streams[0].frames == wanted.frames
        times = packets(picture(desk, found, tmp_path / "x.mp4")).times
        assert {round(float(b - a), 4) for a, b in pairwise(times)} <= {0.0333, 0.0334}

    def test_nothing_of_the_chunks_is_left(self, films: Films, desk: Desk) -> None:
        made(desk, films.path("long"))
        tidy(desk.place)
        assert desk.place.objects.names("chunks/") == []
        assert not list((desk.place.folder / "shared").glob("job-*"))
        assert not list((desk.place.folder / "work").iterdir())

    def test_it_is_billed_as_in_one_piece(self, films: Films, desk: Desk) -> None:
        made(desk, films.path("long"))
        with desk.place.queue.database.transaction() as hand:
            assert hand.run("SELECT meter, milliseconds FROM made") == [("transcode.h264-720-minute", 12_000)]


class TestFaults:
    def test_a_chunk_that_failed_is_done_again_alone(
        self, films: Films, here: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun: list[str] = []
        real = pieces._encoded

        def sometimes(bound: pieces._Bound, place: Place, effort: object) -> object:
            begun.append(bound.task.id.rpartition("/")[2])
            if begun.count("chunk-1") == 1 and begun[-1] == "chunk-1":
                return Failed("engine", "crashed")
            return real(bound, place, effort)  # type: ignore[arg-type] # handed on as it came

        monkeypatch.setattr(pieces, "_encoded", sometimes)
        made(desk, films.path("long"), 1)
        assert sorted(begun) == ["chunk-0", "chunk-1", "chunk-1", "chunk-2", "sound-3"]

    def test_a_worker_that_was_lost_costs_its_chunk_only(self, films: Films, here: Place, desk: Desk) -> None:
        job = submitted(desk, films.path("long"), overrides={"video": ONE_SIZE})
        worker = Worker(here, Leases(here.queue))
        assert worker.once(Event()), "it was divided"
        assert worker.once(Event()), "the first chunk"
        lost = Leases(here.queue).claim("lost")
        assert lost is not None
        assert lost.task.kind == "chunk"
        assert isinstance(here.queue.now, Moved)
        here.queue.now.at += 20_000
        Leases(here.queue).claim("notices")
        here.queue.now.at += 60_000
        with here.queue.database.transaction() as hand:
            hand.run("UPDATE tasks SET state = 'queued', holder = '' WHERE holder = 'notices'")
        with working(here):
            assert ended(desk, job.id).state == "done"

    def test_cancelling_between_chunks_leaves_nothing(self, films: Films, here: Place, desk: Desk) -> None:
        job = submitted(desk, films.path("long"), overrides={"video": ONE_SIZE})
        worker = Worker(here, Leases(here.queue))
        worker.once(Event())
        worker.once(Event())
        desk.cancel(job.id)
        assert ended(desk, job.id).state == "cancelled"
        assert tidy(here) == 1
        assert here.objects.names("chunks/") == []


def test_chunks_of_a_contract_that_shares_the_objects_are_left_alone(here: Place, tmp_path: Path) -> None:
    """The bucket is one for all contracts of an installation, each with a queue of its own."""
    theirs = tmp_path / "chunk"
    theirs.write_bytes(b"half a film")
    here.objects.put("chunks/job-of-another-contract/0/v0.mp4", theirs)
    assert tidy(here) == 0
    assert here.objects.names("chunks/") == ["chunks/job-of-another-contract/0/v0.mp4"]


def work(films: Films, place: Path, name: str = "long", **fields: object) -> Work:
    return work_of(media(seekable(films.path(name), place)), template(**fields), (), MACHINE)


class TestCuts:
    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("tone", {}),
            ("long", {"output": "remux"}),
            ("long", {"video": {"control": "two_pass", "renditions": [{"short_edge": 180, "kilobits": 100}]}}),
        ],
    )
    def test_what_looks_beyond_a_chunk_is_not_divided(
        self, films: Films, place: Path, name: str, fields: dict[str, object]
    ) -> None:
        assert not divisible(work(films, place, name, **fields))

    def test_a_plain_film_is_divided_on_the_grid_of_its_segments(self, films: Films, place: Path) -> None:
        found = work(films, place)
        assert divisible(found)
        assert cuts(found, 4) == ((0, 100), (100, 100), (200, 100))
        assert cuts(found, 100) == ((0, 300),)

    @settings(deadline=None)
    @given(seconds=st.integers(1, 30), frames=st.integers(1, 5000))
    def test_every_frame_is_in_exactly_one_chunk(
        self, films: Films, tmp_path_factory: pytest.TempPathFactory, seconds: int, frames: int
    ) -> None:

        base = cached(films, tmp_path_factory)
        long = replace(base, stretch=replace(base.stretch, frames=frames, seconds=Fraction(frames, 25)))
        found = cuts(long, seconds)
        assert found[0][0] == 0
        assert all(first + count == following for (first, count), (following, _) in pairwise(found))
        assert sum(count for _, count in found) == frames
        assert all(first % 100 == 0 for first, _ in found)


_CACHE: list[Work] = []


def cached(films: Films, factory: pytest.TempPathFactory) -> Work:
    if not _CACHE:
        _CACHE.append(work(films, factory.mktemp("cuts")))
    return _CACHE[0]
