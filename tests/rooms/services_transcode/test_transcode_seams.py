"""What a chunk shows is what the film in one piece shows there, to the pixel: at any pace, with marks and subtitles."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Event

import msgspec
import pytest
from films import X264, engines, ffmpeg, flashes_and_beeps
from transcode_cast import desk_at, ended, place_at, submitted, working
from workshop import MACHINE, media, packets, template

from yunyue.answer import Refused
from yunyue.services.transcode.course import Course
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.engine.prepare import prepare
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker
from yunyue.services.transcode.media import Media
from yunyue.services.transcode.objects.manifest import Manifest
from yunyue.services.transcode.plan import Extra, Step
from yunyue.services.transcode.plan.join import chunk_plan, chunk_stretch, cuts, divisible, grid, in_one_piece
from yunyue.services.transcode.plan.ladder import picture_graph
from yunyue.services.transcode.plan.subtitles import TAKEN_OUT, subtitle_steps, taken_out
from yunyue.services.transcode.plan.work import Work, work_of
from yunyue.services.transcode.quality.report import Quality

STILL_OVER_THE_SEAM = "lt(t,3.2)+gt(t,5.1)*lt(t,7)+gt(t,7)*not(mod(n,7))"
MOVING = {"text": "MM", "height": 200, "moving": True}
PLAIN = {"renditions": [{"short_edge": 90, "kilobits": 400}], "effort": "fast"}
LINES = "1\n00:00:00,500 --> 00:00:02,000\nfirst\n\n2\n00:00:03,000 --> 00:00:05,000\nover the seam\n\n"
SEAMS = (4, 8)


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of films of twelve seconds: steady, varying, interlaced, each with subtitles and sound."""
    folder = tmp_path_factory.mktemp("reel")
    (folder / "lines.srt").write_text(LINES)
    source = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=12", "-f", "lavfi", "-i", "sine=d=12"]
    source += ["-i", str(folder / "lines.srt"), "-map", "0", "-map", "1", "-map", "2", "-c:s", "srt", "-c:a", "aac"]
    ffmpeg(*source, *X264, "-g", "90", "-bf", "2", str(folder / "steady.mkv"))
    varying = ["-vf", f"select='{STILL_OVER_THE_SEAM}'", "-fps_mode", "vfr"]
    ffmpeg(*source, *varying, *X264, "-g", "60", "-bf", "2", str(folder / "varying.mkv"))
    combed = ["-vf", "tinterlace=interleave_top,fps=25,setfield=tff", "-c:v", "mpeg2video", "-flags", "+ilme+ildct"]
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x96:r=50:d=12", *combed, str(folder / "interlaced.mkv"))
    return folder


def shown(work: Work, path: Path, folder: Path) -> list[str]:
    """A digest of each frame the graph gives, before any encoder."""
    graph, inputs = picture_graph(work)
    end = f"trim=end_frame={work.stretch.frames}" if work.stretch.frames is not None else "null"
    given = [*work.film_input(), *inputs, "-filter_complex", f"{graph};[base]{end}[v]", "-map", "[v]"]
    for number, mark in enumerate(work.template.watermarks):
        (folder / f"mark-{number}.txt").write_text(mark.text)
    lines = run([*given, "-f", "framemd5", "-"], path, folder).decode().splitlines()
    return [line.split(",")[-1].strip() for line in lines if not line.startswith("#")]


def run(given: list[str], path: Path, folder: Path) -> bytes:
    """What a step's arguments give outside the sandbox."""
    places = {"/in/film": str(path), "/in/logo.png": str(folder / "logo.png"), "/out/": f"{folder}/"}
    for name, there in places.items():
        given = [one.replace(name, there) for one in given]
    return ffmpeg(*given)


def drawn(steps: tuple[Step, ...], path: Path, folder: Path) -> None:
    """Takes the subtitles out."""
    for step in steps:
        run([one for one in step.arguments if one not in ("-progress", "pipe:1")], path, folder)


def piece(work: Work, first: int, frames: int, *, last: bool) -> Work:
    """The work of one chunk, as `chunk_plan` makes it."""
    made = chunk_plan(work, first, frames, last=last).promises[0]
    stretch = replace(chunk_stretch(work, first, frames), frames=made.frames)
    return replace(work, stretch=stretch, part="picture", begun=first / work.rate)


class TestPixels:
    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("steady", {}),
            ("steady", {"video": {**PLAIN, "frame_rate": "30"}}),
            ("steady", {"video": {**PLAIN, "frame_rate": "24000/1001"}}),
            ("steady", {"watermarks": [MOVING]}),
            ("steady", {"subtitles": {"mode": "burn"}}),
            ("steady", {"clip": {"start_ms": 1010, "end_ms": 11_500}, "watermarks": [MOVING]}),
            ("interlaced", {}),
            ("varying", {}),
            ("varying", {"video": {**PLAIN, "frame_rate": "50"}}),
            ("varying", {"subtitles": {"mode": "burn"}, "watermarks": [MOVING]}),
            ("varying", {"clip": {"start_ms": 400, "end_ms": 0}}),
            ("varying", {"clip": {"start_ms": 4500, "end_ms": 11_000}}),
        ],
    )
    def test_chunks_show_the_frames_of_the_film_in_one_piece(
        self, reel: Path, place: Path, name: str, fields: dict[str, object]
    ) -> None:
        path = reel / f"{name}.mkv"
        work = replace(work_of(media(path), template(**{"video": PLAIN, **fields}), (), MACHINE), part="picture")
        assert divisible(work)
        if work.template.subtitles.mode == "burn":
            drawn(subtitle_steps(work), path, place)
        whole = shown(work, path, place)
        found = cuts(work, 4)
        assert len(found) > 1
        pieces = [piece(work, *one, last=one == found[-1]) for one in found]
        assert [one for each in pieces for one in shown(each, path, place)] == whole
        assert abs(len(whole) - grid(work)) <= 1

    def test_a_picture_that_moves_goes_on_where_it_was(self, reel: Path, place: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "color=white:s=32x16", "-frames:v", "1", str(place / "logo.png"))
        mark = {"image": "logo.png", "moving": True, "height": 200}
        wanted = template(video={**PLAIN, "frame_rate": "30"}, watermarks=[mark])
        path, brought = reel / "steady.mkv", (Extra("logo.png", "picture", 32, 16),)
        work = replace(work_of(media(path), wanted, brought, MACHINE), part="picture")
        whole, found = shown(work, path, place), cuts(work, 4)
        pieces = [piece(work, *one, last=one == found[-1]) for one in found]
        assert [one for each in pieces for one in shown(each, path, place)] == whole

    def test_a_still_that_began_before_a_clip_is_what_the_clip_begins_with(self, reel: Path, place: Path) -> None:
        """It used to begin with the frame after it, however late that came."""
        path = reel / "varying.mkv"
        whole = shown(work_of(media(path), template(video=PLAIN), (), MACHINE), path, place)
        clip = {"start_ms": 4000, "end_ms": 6000}
        assert shown(work_of(media(path), template(video=PLAIN, clip=clip), (), MACHINE), path, place) == whole[100:150]

    def test_a_clip_from_the_later_part_of_a_film_with_few_frames_is_made(self, reel: Path) -> None:
        """The number of its frames was taken for its length: the clip was refused as beyond the end."""
        few = media(reel / "varying.mkv")
        assert few.video is not None
        assert few.video.frames < 200
        stretch = work_of(few, template(clip={"start_ms": 9000, "end_ms": 11_000}), (), MACHINE).stretch
        assert (stretch.seconds, stretch.frames) == (Fraction(2), 50)


def film(media_: Media, **fields: object) -> Work:
    return work_of(media_, template(**fields), (), MACHINE)


class TestPlans:
    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"output": "remux"}, "no picture"),
            ({"output": "audio"}, "no picture"),
            ({"video": {**PLAIN, "control": "two_pass"}}, "second pass"),
        ],
    )
    def test_what_stays_in_one_piece_says_why(self, reel: Path, fields: dict[str, object], why: str) -> None:
        work = film(media(reel / "steady.mkv"), **fields)
        assert not divisible(work)
        assert why in in_one_piece(work.template, appended=False)

    def test_appended_films_keep_a_film_in_one_piece(self, reel: Path) -> None:
        more = (Extra("more.mp4", "film", seconds=Fraction(2)),)
        assert not divisible(work_of(media(reel / "steady.mkv"), template(), more, MACHINE))
        assert "one after another" in in_one_piece(template(), appended=True)

    def test_the_last_chunk_is_exact_where_the_length_is_known(self, reel: Path) -> None:
        steady, varying = film(media(reel / "steady.mkv")), film(media(reel / "varying.mkv"))
        assert chunk_plan(steady, 200, 100, last=True).promises[0].frames == 100
        assert chunk_plan(varying, 200, 90, last=True).promises[0].frames is None
        assert chunk_plan(varying, 100, 100).promises[0].frames == 100

    def test_subtitles_are_drawn_by_chunks_and_tracks_made_by_the_join_alone(self, reel: Path) -> None:
        found = media(reel / "steady.mkv")
        burnt = chunk_plan(film(found, subtitles={"mode": "burn"}), 100, 100)
        assert [one.name for one in burnt.steps] == ["subtitles", "encode"]
        track = chunk_plan(film(found, subtitles={"mode": "webvtt"}), 100, 100)
        assert [one.name for one in track.steps] == ["encode"]

    def test_subtitles_taken_out_once_draw_the_same(self, reel: Path, place: Path) -> None:
        path = reel / "steady.mkv"
        found = film(media(path), video=PLAIN, subtitles={"mode": "burn"})
        drawn(subtitle_steps(found), path, place)
        once = shown(found, path, place)
        drawn(taken_out(found.media, found.template.subtitles).steps, path, place)
        again = replace(found, extras=(Extra(TAKEN_OUT, "subtitles"),))
        steps = subtitle_steps(again)
        (given,) = [one.arguments for one in steps]
        assert f"/in/{TAKEN_OUT}" in given
        run([str(place / TAKEN_OUT) if one == f"/in/{TAKEN_OUT}" else one for one in given], path, place)
        assert shown(again, path, place) == once


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(place_at(tmp_path / "chunked", chunk_above=4, chunk_seconds=4), tmp_path, at_once=8)


def made(desk: Desk, path: Path, **over: object) -> tuple[Job, Path]:
    """The job and its MP4."""
    with working(desk.place, 2):
        job = ended(desk, submitted(desk, path, overrides={"video": PLAIN, "output": "mp4", **over}).id)
    assert job.state == "done", job.reason
    found = desk.result(job.id)
    assert isinstance(found, Manifest)
    return job, desk.place.folder / "objects" / found.folder / found.entry


def likeness(one: Path, other: Path) -> list[float]:
    """SSIM of each frame."""
    said = ffmpeg("-i", str(one), "-i", str(other), "-lavfi", "[0:v][1:v]ssim=stats_file=-", "-f", "null", "-").decode()
    return [float(line.split("All:")[1].split()[0]) for line in said.splitlines() if "All:" in line]


class TestJobs:
    def test_a_varying_film_with_marks_and_subtitles_is_the_same_in_chunks(
        self, reel: Path, tmp_path: Path, desk: Desk
    ) -> None:
        asked = {"subtitles": {"mode": "burn"}, "watermarks": [MOVING]}
        _, chunked = made(desk, reel / "varying.mkv", **asked)
        assert desk.place.objects.names("chunks/") == []
        plain = desk_at(place_at(tmp_path / "plain"), tmp_path)
        _, whole = made(plain, reel / "varying.mkv", **asked)
        assert packets(chunked).times == packets(whole).times
        assert packets(chunked).keys == packets(whole).keys
        alike = likeness(chunked, whole)
        assert len(alike) == packets(whole).count
        for seam in SEAMS:
            assert min(alike[seam * 25 - 3 : seam * 25 + 3]) > 0.97
        assert min(alike) > 0.95

    def test_sound_stays_in_step_where_the_pace_varies(self, tmp_path: Path, desk: Desk) -> None:
        white = "drawbox=c=white:t=fill:enable='lt(mod(t,1),0.1)*gte(t,1)'"
        source = ["-f", "lavfi", "-i", "color=black:s=160x90:r=50:d=12", "-f", "lavfi"]
        source += ["-i", "aevalsrc='if(lt(mod(t,1),0.1)*gte(t,1),sin(2*PI*1000*t),0)':s=48000:d=12"]
        fewer = "select='lt(mod(t,1),0.2)+gt(mod(t,1),0.9)+not(mod(n,4))'"
        path = tmp_path / "sync.mkv"
        ffmpeg(*source, "-vf", f"{white},{fewer}", "-fps_mode", "vfr", *X264, "-c:a", "pcm_s16le", str(path))
        track = media(path).video
        assert track is not None
        assert not track.steady
        _, found = made(desk, path, clip={"start_ms": 0, "end_ms": 11_500})
        flashes, beeps = flashes_and_beeps(found)
        assert len(flashes) == 11
        assert beeps == pytest.approx(flashes, abs=0.02)

    def test_sound_stays_in_step_in_a_clip_where_the_pace_varies(self, reel: Path, tmp_path: Path) -> None:
        """Reading begins before the clip: neither picture nor sound of before may be heard or seen."""
        white = "drawbox=c=white:t=fill:enable='lt(mod(t,1),0.1)*gte(t,1)',select='not(mod(n,2))+lt(mod(t,1),0.3)'"
        source = ["-f", "lavfi", "-i", "color=black:s=160x90:r=50:d=6", "-f", "lavfi"]
        source += ["-i", "aevalsrc='if(lt(mod(t,1),0.1)*gte(t,1),sin(2*PI*1000*t),0)':s=48000:d=6"]
        path = tmp_path / "sync.mkv"
        ffmpeg(*source, "-vf", white, "-fps_mode", "vfr", *X264, "-g", "500", "-c:a", "pcm_s16le", str(path))
        plain = desk_at(place_at(tmp_path / "plain"), tmp_path)
        job, found = made(plain, path, clip={"start_ms": 2500, "end_ms": 5500})
        flashes, beeps = flashes_and_beeps(found)
        assert flashes == pytest.approx([0.5, 1.5, 2.5], abs=0.02)
        assert beeps == pytest.approx(flashes, abs=0.02)
        assert job.seconds == pytest.approx(3000, abs=40)

    def test_a_job_says_how_it_is_divided_and_its_result_how_it_was(self, reel: Path, desk: Desk) -> None:
        job = submitted(desk, reel / "steady.mkv", overrides={"video": PLAIN})
        worker = Worker(desk.place, Leases(desk.place.queue))
        assert desk.course(job) == Course("", 0, 0)
        for done in range(3):
            assert worker.once(Event())
            assert desk.course(job) == Course("", 4, done)
        with working(desk.place):
            assert ended(desk, job.id).state == "done"
        found = desk.result(job.id)
        assert isinstance(found, Manifest)
        assert found.notes == ("it was encoded in 3 pieces",)

    def test_a_film_with_marks_and_subtitles_is_compared_with_both_drawn(self, reel: Path, desk: Desk) -> None:
        """The join had neither the texts of marks nor the subtitles, and a report failed the job."""
        asked = {"subtitles": {"mode": "burn"}, "watermarks": [MOVING], "quality_report": True}
        job, _ = made(desk, reel / "varying.mkv", **asked)
        found = desk.result(job.id)
        assert isinstance(found, Manifest)
        content = desk.place.objects.read(f"{found.folder}/quality.json")
        assert content is not None
        (track,) = [one for one in msgspec.json.decode(content, type=tuple[Quality, ...]) if one.scores]
        assert track.scores is not None
        assert track.scores.ssim > 0.95

    def test_a_long_film_in_one_piece_says_why(self, reel: Path, desk: Desk) -> None:
        asked = {"control": "two_pass", "renditions": [{"short_edge": 90, "kilobits": 100}], "effort": "fast"}
        job, _ = made(desk, reel / "steady.mkv", video=asked)
        assert "second pass" in desk.course(job).whole
        found = desk.result(job.id)
        assert isinstance(found, Manifest)
        assert found.notes == ("it was encoded in one piece: the second pass shares the bits out over the whole film",)

    def test_a_join_that_lacks_frames_is_not_published(self, reel: Path, tmp_path: Path, desk: Desk) -> None:
        job = submitted(desk, reel / "steady.mkv", overrides={"video": PLAIN})
        worker = Worker(desk.place, Leases(desk.place.queue))
        for _ in range(5):
            assert worker.once(Event()), "divided, three chunks, the sound"
        name, short = f"chunks/{job.id}/1/video-90p.mp4", tmp_path / "short.mp4"
        path = desk.place.objects.fetch(name, tmp_path / "chunk.mp4", 1 << 30)
        assert isinstance(path, Path)
        ffmpeg("-i", str(path), "-frames:v", "90", "-c", "copy", str(short))
        desk.place.objects.put(name, short)
        with working(desk.place):
            done = ended(desk, job.id)
        assert (done.state, done.kind) == ("failed", "engine")
        assert done.reason.endswith("290 frames instead of 300")

    def test_a_transport_stream_of_varying_pace_is_divided(self, reel: Path, tmp_path: Path, desk: Desk) -> None:
        """It is measured once as it came and once made seekable; the chunks stay as they were cut."""
        path = tmp_path / "varying.ts"
        ffmpeg("-i", str(reel / "varying.mkv"), "-map", "0:v", "-map", "0:a", "-c", "copy", str(path))
        ready = prepare(path, media(path), tmp_path, engines())
        assert not isinstance(ready, Refused)
        _, found = made(desk, path)
        assert packets(found).count == pytest.approx(grid(film(ready[1])), abs=2)
