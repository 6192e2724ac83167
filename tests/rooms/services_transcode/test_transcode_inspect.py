"""What is found in films of every kind that people send."""

from fractions import Fraction

import pytest
from films import RECIPES, Films, engines

from yunyue.answer import Refused
from yunyue.services.transcode.engine.formats import MediaLimits
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.engine.packets import Packets, read_packets
from yunyue.services.transcode.media import Media, VideoTrack

VIDEO = sorted(set(RECIPES) - {"tone"})
FRAMES = {"long": 300, "open-gop": 300, "ntsc": 59, "av1": 25, "vp9": 25, "prores": 25, "hdr10": 25, "varying": 26}
CODECS = {
    "hevc": "hevc",
    "av1": "av1",
    "vp9": "vp9",
    "mpeg2": "mpeg2video",
    "wmv": "wmv2",
    "avi": "mpeg4",
    "prores": "prores",
    "interlaced": "mpeg2video",
    "hdr10": "hevc",
}


def looked(films: Films, name: str, limits: MediaLimits | None = None) -> Media:
    found = inspect(films.path(name), engines(), limits or MediaLimits())
    assert isinstance(found, Media), found
    return found


def picture(films: Films, name: str) -> VideoTrack:
    video = looked(films, name).video
    assert video is not None
    return video


@pytest.mark.parametrize("name", VIDEO)
def test_the_codec_is_told(films: Films, name: str) -> None:
    assert picture(films, name).codec == CODECS.get(name, "h264")


@pytest.mark.parametrize("name", sorted(set(VIDEO) - {"cut-off"}))
def test_frames_are_counted_to_the_frame(films: Films, name: str) -> None:
    assert picture(films, name).frames == FRAMES.get(name, 50)


@pytest.mark.parametrize("name", sorted(set(VIDEO) - {"cut-off", "avi"}))
def test_the_length_is_within_one_frame(films: Films, name: str) -> None:
    video = picture(films, name)
    wanted = 12 if name in ("long", "open-gop") else 1 if FRAMES.get(name) == 25 else 2
    assert abs(video.seconds - wanted) <= 1 / video.rate


@pytest.mark.parametrize(("name", "rate"), [("plain", Fraction(25)), ("ntsc", Fraction(30000, 1001))])
def test_a_steady_rate_is_exact(films: Films, name: str, rate: Fraction) -> None:
    video = picture(films, name)
    assert (video.steady, video.rate) == (True, rate)


def test_a_varying_rate_is_seen_and_a_rate_is_chosen_that_loses_no_frame(films: Films) -> None:
    video = picture(films, "varying")
    assert (video.steady, video.rate) == (False, Fraction(25))


def test_rotation_turns_what_is_shown(films: Films) -> None:
    video = picture(films, "rotated")
    assert (video.rotation, video.shown) == (270, (180, 320))


def test_oblong_pixels_widen_what_is_shown(films: Films) -> None:
    assert picture(films, "anamorphic").shown == (512, 288)


def test_interlaced_and_hdr_are_seen(films: Films) -> None:
    assert picture(films, "interlaced").interlaced
    assert picture(films, "hdr10").hdr
    assert not picture(films, "plain").hdr


def test_a_film_without_sound_and_a_sound_without_film(films: Films) -> None:
    assert looked(films, "silent").audio == ()
    tone = looked(films, "tone")
    assert tone.video is None
    assert len(tone.audio) == 1


def test_every_sound_track_is_told_with_its_language(films: Films) -> None:
    audio = looked(films, "tracks").audio
    assert [one.language for one in audio] == ["", "chi", *[""] * 6]


def test_subtitles_are_told(films: Films) -> None:
    assert [one.codec for one in looked(films, "subtitled").subtitles] == ["subrip"]


def test_a_broken_tail_counts_what_is_left(films: Films) -> None:
    assert 0 < picture(films, "cut-off").frames < 50


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (MediaLimits(size=1000), "bytes; at most 1000"),
        (MediaLimits(seconds=1), "at most 1 s"),
        (MediaLimits(side=200), "a side has at most 200"),
        (MediaLimits(rate=20), "frames a second; at most 20"),
        (MediaLimits(decode=1000), "more to decode than is allowed"),
    ],
)
def test_each_limit_is_named_when_it_is_passed(films: Films, limits: MediaLimits, said: str) -> None:
    refused = inspect(films.path("plain"), engines(), limits)
    assert isinstance(refused, Refused)
    assert said in refused.reason
    assert (refused.field, refused.clause) == ("input", "C37")


def test_too_many_streams_are_refused(films: Films) -> None:
    refused = inspect(films.path("tracks"), engines(), MediaLimits(streams=5))
    assert isinstance(refused, Refused)
    assert "more than 5 streams" in refused.reason


def test_keyframes_lie_where_they_were_put(films: Films) -> None:
    packets = read_packets(films.path("long"), "v:0", engines(), MediaLimits())
    assert isinstance(packets, Packets)
    assert packets.keys[:3] == (Fraction(0), Fraction(2), Fraction(4))
    assert packets.before(Fraction(2)) == 50


def test_a_file_without_times_on_its_packets_says_so(films: Films) -> None:
    packets = read_packets(films.path("mpeg2"), "v:0", engines(), MediaLimits())
    assert isinstance(packets, Packets)
    assert packets.missing > 0
    assert packets.count == 50
