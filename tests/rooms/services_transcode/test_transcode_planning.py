"""What a plan is reckoned from, without an engine: sizes, pieces of pictures, stretches, encoder options, clocks."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workshop import MACHINE, template

from yunyue.answer import Refused
from yunyue.services.transcode.engine.said import complaint, complaints_of
from yunyue.services.transcode.jobs.whole import picture_of
from yunyue.services.transcode.media import AudioTrack, Media, SubtitleTrack, VideoTrack
from yunyue.services.transcode.plan import Plan, make_plan
from yunyue.services.transcode.plan.encoders import audio_options, key_frames, threads_for, timescale, video_options
from yunyue.services.transcode.plan.geometry import Sized, cut, edited, sizes
from yunyue.services.transcode.plan.pictures import MOST_TILES, tiles, web_vtt
from yunyue.services.transcode.plan.stretch import stretch_of
from yunyue.services.transcode.plan.subtitles import subtitle_steps
from yunyue.services.transcode.plan.work import output_rate, work_of
from yunyue.services.transcode.templates import Audio, Crop, Edit, Rendition, Template, Video, understand_template

RATES = st.sampled_from([Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])
SHOWN = st.tuples(st.integers(16, 8192), st.integers(16, 4608))
EDGES = st.lists(st.integers(32, 2160).map(lambda half: 2 * half), min_size=1, max_size=8, unique=True)


def video(**fields: object) -> VideoTrack:
    given = {"index": 0, "codec": "h264", "width": 1920, "height": 1080, "rate": Fraction(25), "steady": True}
    return VideoTrack(**{**given, "frames": 250, "start": Fraction(0), "seconds": Fraction(10), **fields})  # type: ignore[arg-type] # fields by name


def film(picture: VideoTrack | None = None, **fields: object) -> Media:
    one = picture or video()
    return Media("mov,mp4,m4a,3gp,3g2,mj2", 1000, one.start + one.seconds, one, **fields)  # type: ignore[arg-type] # fields by name


class TestSizes:
    @given(SHOWN, EDGES)
    def test_renditions_are_even_no_larger_than_the_source_and_fall(
        self, shown: tuple[int, int], edges: list[int]
    ) -> None:
        found = sizes(shown, tuple(Rendition(short_edge=edge) for edge in edges), "h264")
        assert found
        assert all(one.width % 2 == 0 and one.height % 2 == 0 for one in found)
        assert all(min(one.width, one.height) <= min(shown) for one in found)
        assert all(min(a.width, a.height) > min(b.width, b.height) for a, b in pairwise(found))
        for one in found:
            assert abs(Fraction(one.width, one.height) / Fraction(*shown) - 1) <= Fraction(
                2, min(one.width, one.height)
            )

    def test_of_renditions_above_the_source_one_remains_with_the_rate_of_its_size(self) -> None:
        asked = tuple(Rendition(short_edge=edge, kilobits=9000) for edge in (1080, 720, 360))
        assert sizes((640, 480), asked, "h264") == (Sized(640, 480, 1400), Sized(480, 360, 9000))

    @pytest.mark.parametrize(("codec", "rate"), [("h264", 2800), ("h265", 1680), ("av1", 1400)])
    def test_codecs_that_press_harder_are_capped_lower(self, codec: str, rate: int) -> None:
        assert sizes((1280, 720), (Rendition(short_edge=720),), codec)[0].kilobits == rate

    @given(SHOWN, st.tuples(*[st.integers(0, 450)] * 4))
    def test_what_is_cut_off_is_even_and_leaves_a_picture(
        self, shown: tuple[int, int], sides: tuple[int, int, int, int]
    ) -> None:
        left, top, right, bottom = cut(Crop(left=sides[0], top=sides[1], right=sides[2], bottom=sides[3]), *shown)
        assert all(one % 2 == 0 for one in (left, top, right, bottom))
        assert left + right < shown[0]
        assert top + bottom < shown[1]

    @pytest.mark.parametrize(("turn", "shown"), [(0, (1920, 1080)), (90, (1080, 1920)), (180, (1920, 1080))])
    def test_a_turn_by_a_quarter_swaps_the_sides(self, turn: int, shown: tuple[int, int]) -> None:
        assert edited(video(), Edit(rotate=turn)) == shown  # type: ignore[arg-type] # one of four

    def test_broad_pixels_make_a_broad_picture_that_stands_upright_when_turned(self) -> None:
        assert video(width=720, height=576, aspect=Fraction(64, 45)).shown == (1024, 576)
        assert video(width=720, height=576, aspect=Fraction(64, 45), rotation=90).shown == (576, 1024)


class TestStretches:
    @given(st.integers(0, 9_000), st.integers(40, 10_000), st.booleans())
    def test_a_clip_lasts_no_longer_than_asked_and_ends_within_the_film(
        self, start: int, length: int, steady: bool
    ) -> None:
        found = stretch_of(
            film(video(steady=steady)), Fraction(start, 1000), Fraction(start + length, 1000), Fraction(25)
        )
        assert 0 <= found.seconds <= Fraction(length + 40, 1000)
        assert found.seconds <= 10 - Fraction(start, 1000) + Fraction(1, 25)
        assert found.early == (not steady)

    def test_what_begins_early_is_read_to_where_nobody_wants_more(self) -> None:
        found = stretch_of(film(video(steady=False)), Fraction(3), Fraction(5), Fraction(25))
        assert found.options() == ["-noaccurate_seek", "-ss", "3.000000"]
        assert found.sharp.options() == ["-ss", "3.000000", "-t", "2.500000"]

    def test_a_clip_from_the_beginning_needs_no_seek(self) -> None:
        found = stretch_of(film(video(steady=False)), Fraction(0), Fraction(5), Fraction(25))
        assert (found.options(), found.frames) == ([], 125)

    @pytest.mark.parametrize(
        ("own", "asked", "rate"), [(25, "source", 25), (120, "source", 60), (240, "source", 60), (25, "30", 30)]
    )
    def test_frames_come_at_the_asked_rate_and_of_the_source_at_most_sixty(
        self, own: int, asked: str, rate: int
    ) -> None:
        assert output_rate(film(video(rate=Fraction(own))), template(video={"frame_rate": asked})) == rate


class TestEncoders:
    @given(RATES, st.integers(1, 10))
    def test_a_frame_lasts_whole_ticks_and_keyframes_lie_whole_frames_apart(self, rate: Fraction, seconds: int) -> None:
        assert (timescale(rate) / rate).denominator == 1
        assert abs(key_frames(Video(key_seconds=seconds), rate) / rate - seconds) <= 1 / rate

    @pytest.mark.parametrize(("control", "threads"), [("crf", 8), ("capped_crf", 2), ("two_pass", 2)])
    def test_under_a_cap_the_renditions_share_the_threads(self, control: str, threads: int) -> None:
        assert threads_for(Video(control=control), 8, 4) == threads  # type: ignore[arg-type] # one of three

    @pytest.mark.parametrize("codec", ["h264", "h265", "av1"])
    def test_even_quality_has_no_cap_and_a_cap_has_its_buffer(self, codec: str) -> None:
        one = Sized(640, 360, 800)
        plain = video_options(Video(codec=codec, control="crf", crf=30), one, Fraction(25), 2)  # type: ignore[arg-type] # one of three
        assert "-maxrate" not in plain
        assert plain[plain.index("-crf") + 1] == "30"
        capped = video_options(Video(codec=codec), one, Fraction(25), 2)  # type: ignore[arg-type] # one of three
        assert capped[capped.index("-maxrate") + 1 : capped.index("-maxrate") + 4] == ["800k", "-bufsize", "1600k"]

    @pytest.mark.parametrize(("codec", "named"), [("aac", "aac"), ("opus", "libopus")])
    def test_sound_has_its_encoder(self, codec: str, named: str) -> None:
        assert audio_options(Audio(codec=codec), [2])[:2] == ["-c:a", named]  # type: ignore[arg-type] # one of two

    @given(st.lists(st.integers(1, 8), min_size=1, max_size=5), st.sampled_from([1, 2]))
    def test_no_track_gets_more_channels_than_it_comes_with_or_the_template_wants(
        self, heard: list[int], most: int
    ) -> None:
        given = audio_options(Audio(channels=most), heard)
        made = [int(given[given.index(f"-ac:a:{number}") + 1]) for number in range(len(heard))]
        assert made == [min(one, most) for one in heard]


class TestPictures:
    @given(st.integers(1, 40_000), st.integers(1, 600))
    def test_tiles_cover_the_film_without_end(self, seconds: int, every: int) -> None:
        long = film(video(seconds=Fraction(seconds), frames=25 * seconds))
        work = work_of(long, template(pictures={"sprite_seconds": every}), (), MACHINE)
        columns, count, apart = tiles(work)
        assert 1 <= columns <= 10
        assert 1 <= count <= MOST_TILES
        assert (count - 1) * apart < seconds <= count * apart

    def test_the_last_tile_ends_with_the_film(self) -> None:
        said = web_vtt(work_of(film(), template(pictures={"sprite_seconds": 4}), (), MACHINE)).decode()
        assert said.count("-->") == 3
        assert "00:00:08.000 --> 00:00:10.000" in said

    @pytest.mark.parametrize("head", [b"", b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
    def test_what_is_no_png_is_no_mark(self, tmp_path: Path, head: bytes) -> None:
        (tmp_path / "logo").write_bytes(head)
        assert isinstance(picture_of("logo", tmp_path / "logo"), Refused)

    @pytest.mark.parametrize("side", [0, 4097, 2**31])
    def test_a_png_that_claims_a_side_beyond_the_limit_is_refused(self, tmp_path: Path, side: int) -> None:
        (tmp_path / "logo").write_bytes(
            b"\x89PNG\r\n\x1a\n" + bytes(8) + side.to_bytes(4, "big") + (9).to_bytes(4, "big")
        )
        assert isinstance(picture_of("logo", tmp_path / "logo"), Refused)


class TestRefusals:
    @pytest.mark.parametrize(
        ("media", "fields", "field"),
        [
            (film(), {"output": "audio"}, "template.output"),
            (film(), {"clip": {"start_ms": 11_000}}, "template.clip.start_ms"),
            (film(), {"watermarks": [{"image": "none.png"}]}, "template.watermarks"),
            (film(), {"subtitles": {"mode": "burn"}}, "template.subtitles.mode"),
            (film(), {"subtitles": {"mode": "burn", "file": "none.srt"}}, "template.subtitles.file"),
            (film(video(transfer="smpte2084")), {"edit": {"tone_map": "never"}}, "template.edit.tone_map"),
            (film(video(codec="wmv2")), {"output": "remux"}, "template.output"),
        ],
    )
    def test_what_the_film_lacks_is_named_by_field(self, media: Media, fields: dict[str, object], field: str) -> None:
        refused = make_plan(media, template(**fields), (), MACHINE)
        assert isinstance(refused, Refused)
        assert refused.field == field

    def test_a_film_of_sound_alone_has_no_pictures_to_take(self) -> None:
        heard = Media("mp3", 1000, Fraction(10), None, (AudioTrack(0, "mp3", 48000, 2, Fraction(0)),))
        asked = template(output="pictures", pictures={"snapshots": 1})
        assert isinstance(make_plan(heard, asked, (), MACHINE), Refused)
        assert isinstance(make_plan(heard, template(output="audio"), (), MACHINE), Plan)


class TestSubtitles:
    @pytest.mark.parametrize(("language", "stream"), [("zh", 3), ("en", 2), ("fr", 2), ("", 2)])
    def test_those_of_the_asked_language_are_taken_else_the_first(self, language: str, stream: int) -> None:
        both = (SubtitleTrack(2, "subrip", "en"), SubtitleTrack(3, "subrip", "zh"))
        asked = template(subtitles={"mode": "webvtt", "language": language})
        (step,) = subtitle_steps(work_of(film(subtitles=both), asked, (), MACHINE))
        assert step.arguments[step.arguments.index("-map") + 1] == f"0:{stream}"


class TestSaid:
    @given(st.text(max_size=400))
    def test_what_an_engine_says_is_one_short_line(self, text: str) -> None:
        said = complaint(text)
        assert len(said) <= 200
        assert all(letter.isprintable() or ord(letter) >= 0xA0 for letter in said)

    def test_no_path_of_the_sandbox_and_no_address_is_told(self) -> None:
        said = complaint("[mov,mp4 @ 0x55aa00] /in/film: moov atom not found\nmore")
        assert said == "the file: moov atom not found"

    def test_what_encoders_chat_is_no_complaint_about_the_film(self) -> None:
        assert complaints_of("[libx264 @ 0x1] frame I:1\n") == []
        assert complaints_of("[h264 @ 0x1] error while decoding MB 1 2\n") == ["error while decoding MB 1 2"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"segment_seconds": 5}, "segment_seconds"),
        ({"clip": {"start_ms": 2000, "end_ms": 2000}}, "clip.end_ms"),
        ({"edit": {"crop": {"left": 500, "right": 500}}}, "edit.crop"),
        ({"encryption": {"scheme": "cbcs"}, "output": "hls-ts"}, "encryption.scheme"),
        ({"encryption": {"scheme": "aes-128"}}, "encryption.scheme"),
        ({"output": "hls-ts", "video": {"codec": "av1"}}, "video.codec"),
        ({"output": "hls-ts", "audio": {"codec": "opus"}}, "audio.codec"),
        ({"output": "audio", "audio": {"codec": "none"}}, "audio.codec"),
        ({"video": {"control": "two_pass", "renditions": [{"short_edge": 360}]}}, "video.renditions"),
        ({"subtitles": {"mode": "webvtt"}, "output": "mp4"}, "subtitles.mode"),
        ({"output": "remux", "watermarks": [{"text": "x"}]}, "output"),
        ({"video": {"renditions": [{"short_edge": 360}, {"short_edge": 360}]}}, "video.renditions"),
        ({"output": "pictures"}, "pictures"),
        ({"watermarks": [{}]}, "watermarks"),
        ({"watermarks": [{"text": "x", "image": "y.png"}]}, "watermarks"),
    ],
)
def test_fields_that_do_not_fit_each_other_are_refused_by_name(fields: dict[str, object], field: str) -> None:
    refused = understand_template({"name": "t", **fields})
    assert isinstance(refused, Refused), refused
    assert (refused.field, refused.clause) == (f"template.{field}", "C37")


@pytest.mark.parametrize(
    "address",
    ["a\n--dump_stream_info", 'https://x/"\n#EXT-X-MEDIA', "https://x/a b", "https://x/\\", "https://密钥.cn/"],
)
def test_the_address_of_a_key_is_one_word_of_a_playlist_and_nothing_more(address: str) -> None:
    refused = understand_template({"name": "t", "encryption": {"scheme": "cbcs", "key_address": address}})
    assert isinstance(refused, Refused)
    assert refused.field == "template.encryption.key_address"
    fine = {"scheme": "cbcs", "key_address": "https://keys.example.cn/{key}?v=1&x=%E5%AF%86"}
    assert isinstance(understand_template({"name": "t", "encryption": fine}), Template)
