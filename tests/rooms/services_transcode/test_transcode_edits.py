"""What a template can do to picture and sound, seen in the result."""

import json
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from films import Films, engines, ffmpeg, lavfi
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import MACHINE, ONE, frame, hashes, make, media, packets, seekable, template

from yunyue.services.transcode.plan import Extra
from yunyue.services.transcode.plan.graph import picture_chain
from yunyue.services.transcode.plan.work import work_of


def loudness(path: Path) -> float:
    """Integrated loudness by EBU R128, LUFS."""
    command = [str(engines().ffmpeg), "-nostdin", "-i", str(path), "-map", "0:a:0", "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


class TestClip:
    @pytest.mark.parametrize("name", ["long", "open-gop", "ntsc", "ts", "mpeg2", "flv", "wmv"])
    @pytest.mark.parametrize(("start", "end"), [(0, 1000), (410, 1270), (1000, 0)])
    def test_it_holds_exactly_the_frames_of_that_stretch(
        self, films: Films, place: Path, name: str, start: int, end: int
    ) -> None:
        path = seekable(films.path(name), place)
        work = work_of(
            media(path), template(audio={"codec": "none"}, clip={"start_ms": start, "end_ms": end}), (), MACHINE
        )
        video, stretch = work.video, work.stretch
        assert video is not None
        assert stretch.frames is not None
        chain = picture_chain(video, work.template.edit, work.origin, work.rate)
        found = hashes(path, "-vf", f"{chain},trim=end_frame={stretch.frames}", before=tuple(stretch.options()))
        first = -(-(Fraction(start, 1000) - video.start) * video.rate // 1)
        first = max(int(first), 0)
        assert (
            found == hashes(path, "-vf", "format=yuv420p", "-fps_mode", "passthrough")[first : first + stretch.frames]
        )
        assert len(found) == stretch.frames

    def test_the_promise_is_kept_in_the_result(self, films: Films, place: Path) -> None:
        made = make(films.path("long"), place / "job", output="mp4", video=ONE, clip={"start_ms": 3210, "end_ms": 7000})
        assert made.pictures[0].frames == 94

    def test_a_clip_after_the_end_is_cut_at_the_end(self, films: Films, place: Path) -> None:
        made = make(
            films.path("plain"), place / "job", output="mp4", video=ONE, clip={"start_ms": 1000, "end_ms": 90_000}
        )
        assert made.pictures[0].frames == 25

    @settings(deadline=None, max_examples=60)
    @given(start=st.integers(0, 11_000), length=st.integers(80, 5000))
    def test_stretches_that_touch_take_every_frame_once(self, films: Films, start: int, length: int) -> None:
        source = media_once(films)
        middle, end = start + length // 2, start + length
        both = [
            work_of(source, template(clip={"start_ms": a, "end_ms": b}), (), MACHINE).stretch.frames
            for a, b in ((start, middle), (middle, end), (start, end))
        ]
        assert both[0] is not None
        assert both[1] is not None
        assert both[0] + both[1] == both[2]


_seen: list[object] = []


def media_once(films: Films):  # type: ignore[no-untyped-def] # a cache of one value
    if not _seen:
        _seen.append(media(films.path("long")))
    return _seen[0]


class TestPicture:
    def test_rotation_turns_the_picture(self, films: Films, place: Path) -> None:
        made = make(films.path("plain"), place / "job", output="mp4", video=ONE, edit={"rotate": 90})
        assert (made.pictures[0].promise.width, made.pictures[0].promise.height) == (180, 320)
        turned = ffmpeg(
            "-ss",
            "0.5",
            "-i",
            str(films.path("plain")),
            "-frames:v",
            "1",
            "-vf",
            "transpose=clock,scale=18:32,format=gray",
            "-f",
            "rawvideo",
            "-",
        )
        assert alike(frame(made.public / "180p.mp4", size="18x32"), turned)

    def test_a_rotated_film_stands_upright(self, films: Films, place: Path) -> None:
        made = make(films.path("rotated"), place / "job", output="mp4", video=ONE)
        assert media(made.public / "180p.mp4").video.rotation == 0  # type: ignore[union-attr] # it has a picture, or the next line fails
        assert (made.pictures[0].promise.width, made.pictures[0].promise.height) == (180, 320)

    def test_cropping_leaves_the_middle(self, films: Films, place: Path) -> None:
        made = make(
            films.path("plain"), place / "job", output="mp4", video=ONE, edit={"crop": {"left": 250, "right": 250}}
        )
        assert made.pictures[0].promise.width == 160
        middle = ffmpeg(
            "-ss",
            "0.5",
            "-i",
            str(films.path("plain")),
            "-frames:v",
            "1",
            "-vf",
            "crop=160:180:80:0,scale=32:18,format=gray",
            "-f",
            "rawvideo",
            "-",
        )
        assert alike(frame(made.public / "160p.mp4"), middle)

    def test_hdr_becomes_sdr(self, films: Films, place: Path) -> None:
        made = make(films.path("hdr10"), place / "job", output="mp4", video=ONE)
        video = media(made.public / "180p.mp4").video
        assert video is not None
        assert not video.hdr
        assert video.pixel_format == "yuv420p"

    def test_interlaced_film_loses_its_combs(self, films: Films, place: Path) -> None:
        made = make(films.path("interlaced"), place / "job", output="mp4", video=ONE)
        video = media(made.public / "180p.mp4").video
        assert video is not None
        assert not video.interlaced
        assert made.pictures[0].frames == 50

    def test_another_frame_rate_is_kept_to(self, films: Films, place: Path) -> None:
        made = make(films.path("plain"), place / "job", output="mp4", video={**ONE, "frame_rate": "30000/1001"})
        assert made.pictures[0].frames in (59, 60)

    def test_films_are_joined(self, films: Films, place: Path) -> None:
        files = {"more.mp4": (Extra("more.mp4", "film", seconds=Fraction(2)), films.path("odd-size"))}
        made = make(films.path("plain"), place / "job", files, output="mp4", video=ONE)
        assert made.pictures[0].frames == 100


class TestMarks:
    def test_a_text_is_written_in_its_corner_as_it_stands(self, place: Path) -> None:
        ffmpeg(
            *lavfi("color=gray:s=320x180:r=25:d={seconds}"), "-c:v", "libx264", "-c:a", "aac", str(place / "grey.mp4")
        )
        mark = {"text": "%{localtime} 'x':\\", "corner": "top-left", "height": 150}
        made = make(place / "grey.mp4", place / "job", output="mp4", video=ONE, watermarks=[mark])
        picture = frame(made.public / "180p.mp4")
        assert bright(picture, slice(0, 6), slice(0, 20))
        assert not bright(picture, slice(9, 18), slice(0, 32))

    def test_a_picture_is_laid_into_its_corner(self, place: Path) -> None:
        ffmpeg(
            *lavfi("color=gray:s=320x180:r=25:d={seconds}"), "-c:v", "libx264", "-c:a", "aac", str(place / "grey.mp4")
        )
        ffmpeg("-f", "lavfi", "-i", "color=white:s=64x32", "-frames:v", "1", str(place / "logo.png"))
        files = {"logo.png": (Extra("logo.png", "picture", 64, 32), place / "logo.png")}
        mark = {"image": "logo.png", "corner": "bottom-right", "height": 300}
        made = make(place / "grey.mp4", place / "job", files, output="mp4", video=ONE, watermarks=[mark])
        picture = frame(made.public / "180p.mp4")
        assert bright(picture, slice(11, 18), slice(18, 32))
        assert not bright(picture, slice(0, 9), slice(0, 32))

    def test_a_moving_mark_leaves_its_corner(self, place: Path) -> None:
        ffmpeg(*lavfi("color=gray:s=320x180:r=5:d={seconds}", 12, 0), "-c:v", "libx264", str(place / "grey.mp4"))
        mark = {"text": "MMMM", "corner": "top-left", "height": 150, "moving": True}
        made = make(place / "grey.mp4", place / "job", output="mp4", video=ONE, watermarks=[mark])
        early, late = frame(made.public / "180p.mp4", 1), frame(made.public / "180p.mp4", 11)
        assert bright(early, slice(0, 9), slice(0, 15))
        assert not bright(late, slice(0, 9), slice(0, 10))
        assert bright(late, slice(0, 9), slice(20, 32))

    def test_subtitles_are_drawn_while_they_last(self, films: Films, place: Path) -> None:
        plain = make(films.path("subtitled"), place / "one", output="mp4", video=ONE)
        burnt = make(films.path("subtitled"), place / "two", output="mp4", video=ONE, subtitles={"mode": "burn"})
        apart = zip(frame(plain.public / "180p.mp4", 1), frame(burnt.public / "180p.mp4", 1), strict=True)
        assert max(abs(a - b) for a, b in apart) > 20
        assert alike(frame(plain.public / "180p.mp4", 1.8), frame(burnt.public / "180p.mp4", 1.8), 1)

    def test_subtitles_become_a_track(self, films: Films, place: Path) -> None:
        made = make(films.path("subtitled"), place / "job", subtitles={"mode": "webvtt", "language": "zh"})
        text = "".join(path.read_text() for path in (made.public / "text").glob("*.vtt"))
        assert "你好，世界" in text
        assert 'LANGUAGE="zh"' in (made.public / "master.m3u8").read_text()

    def test_a_file_of_subtitles_is_taken(self, films: Films, place: Path) -> None:
        (place / "more.srt").write_text("1\n00:00:00,500 --> 00:00:01,000\nbrought along\n")
        files = {"more.srt": (Extra("more.srt", "subtitles"), place / "more.srt")}
        made = make(films.path("plain"), place / "job", files, subtitles={"mode": "webvtt", "file": "more.srt"})
        assert "brought along" in (made.public / "text" / "00001.vtt").read_text()


class TestSound:
    @pytest.mark.parametrize("wanted", [-23, -16])
    def test_loudness_comes_within_half_a_unit(self, place: Path, wanted: int) -> None:
        ffmpeg("-f", "lavfi", "-i", "sine=f=440:d=8", "-af", "volume=-20dB", "-c:a", "aac", str(place / "quiet.m4a"))
        made = make(place / "quiet.m4a", place / "job", output="audio", audio={"loudness": wanted})
        assert loudness(made.public / "audio.m4a") == pytest.approx(wanted, abs=0.5)

    def test_each_track_gets_the_loudness_by_itself(self, place: Path) -> None:
        """The others used to be moved by as much as the first."""
        quiet = ["-f", "lavfi", "-i", "sine=f=440:d=6,volume=-20dB", "-f", "lavfi", "-i", "sine=f=660:d=6"]
        ffmpeg(*quiet, "-map", "0", "-map", "1", "-c:a", "aac", str(place / "two.mkv"))
        made = make(place / "two.mkv", place / "job", output="audio", audio={"loudness": -23, "tracks": "all"})
        for name in ("audio.m4a", "audio-1.m4a"):
            assert loudness(made.public / name) == pytest.approx(-23, abs=0.5)

    def test_loudness_is_that_of_all_films_together(self, place: Path) -> None:
        picture = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=4", "-c:v", "libx264", "-c:a", "aac"]
        ffmpeg("-f", "lavfi", "-i", "sine=f=440:d=4,volume=-10dB", *picture, str(place / "one.mp4"))
        ffmpeg("-f", "lavfi", "-i", "sine=f=440:d=4", *picture, str(place / "more.mp4"))
        files = {"more.mp4": (Extra("more.mp4", "film", seconds=Fraction(4)), place / "more.mp4")}
        made = make(place / "one.mp4", place / "job", files, output="mp4", video=ONE, audio={"loudness": -23})
        assert loudness(next(made.public.glob("*.mp4"))) == pytest.approx(-23, abs=1)

    def test_a_film_without_sound_is_appended_in_silence(self, films: Films, place: Path) -> None:
        """It used to fail: the engine looked for a sound that is not there. The other tracks have nothing to go on."""
        files = {"more.mp4": (Extra("more.mp4", "film", seconds=Fraction(2), sound=False), films.path("silent"))}
        made = make(films.path("tracks"), place / "job", files, output="mp4", video=ONE, audio={"tracks": "all"})
        assert made.pictures[0].frames == 100
        heard = packets(made.public / "180p.mp4", "a:0")
        assert float(heard.seconds) == pytest.approx(4, abs=0.1)

    def test_silence_is_left_as_it_is(self, place: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "anullsrc=d=2", "-c:a", "aac", str(place / "silent.m4a"))
        made = make(place / "silent.m4a", place / "job", output="audio", audio={"loudness": -23})
        assert made.kept[0].frames > 90

    def test_a_remux_keeps_the_very_frames(self, films: Films, place: Path) -> None:
        made = make(films.path("ts"), place / "job", output="remux")
        assert hashes(made.public / "film.mp4") == hashes(films.path("ts"))

    def test_opus_and_av1(self, films: Films, place: Path) -> None:
        made = make(films.path("av1"), place / "job", video={**ONE, "codec": "av1"}, audio={"codec": "opus"})
        told = subprocess.run(
            [
                str(engines().ffprobe),
                "-v",
                "error",
                "-show_streams",
                "-of",
                "json",
                str(made.folder / "video-180p.mp4"),
            ],
            capture_output=True,
            check=True,
        )
        assert json.loads(told.stdout)["streams"][0]["codec_name"] == "av1"

    @pytest.mark.parametrize("codec", ["h264", "h265"])
    def test_two_passes_come_near_their_rate(self, films: Films, place: Path, codec: str) -> None:
        video = {
            "codec": codec,
            "control": "two_pass",
            "effort": "fast",
            "renditions": [{"short_edge": 180, "kilobits": 150}],
        }
        made = make(films.path("long"), place / "job", output="mp4", video=video, audio={"codec": "none"})
        rate = made.pictures[0].size * 8 / 12 / 1000
        assert rate == pytest.approx(150, rel=0.25)


def alike(one: bytes, other: bytes, tolerance: float = 6) -> bool:
    """Whether two small pictures differ by little on average."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one) <= tolerance


def bright(picture: bytes, rows: slice, columns: slice, width: int = 32) -> bool:
    """Whether anything white stands in that part of a small grey picture."""
    return max(max(picture[row * width : (row + 1) * width][columns]) for row in range(*rows.indices(18))) > 142
