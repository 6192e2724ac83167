"""Every kind of film through a ladder: no frame lost, keyframes aligned, sound in step, manifests others can read."""

from itertools import pairwise
from pathlib import Path

import m3u8  # type: ignore[import-untyped] # the package brings no types
import pytest
from films import RECIPES, Films, flashes_and_beeps, synchronous
from films import ffmpeg as run_ffmpeg
from mpegdash.parser import MPEGDASHParser  # type: ignore[import-untyped] # the package brings no types
from workshop import Made, joined, make, media, near, packets

VIDEO = sorted(set(RECIPES) - {"tone", "long", "open-gop"})


@pytest.fixture(scope="module")
def ladder(films: Films, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The long film in two sizes."""
    return make(
        films.path("long"), tmp_path_factory.mktemp("ladder") / "job", pictures={"snapshots": 3, "sprite_seconds": 2}
    )


@pytest.mark.parametrize("name", VIDEO)
def test_every_kind_of_film_keeps_its_frames_and_its_length(films: Films, place: Path, name: str) -> None:
    source = media(films.path(name)).video
    assert source is not None
    made = make(films.path(name), place / "job")
    for one in made.pictures:
        if source.steady:
            assert one.frames == source.frames
        assert near(one.seconds, float(source.seconds), float(1 / one.promise.rate) + 0.001)
        assert packets(joined(made.public / one.promise.folder, place / "joined.mp4")).count == one.frames


def test_keyframes_lie_at_the_same_frames_in_every_size(ladder: Made) -> None:
    keys = [one.keys for one in ladder.pictures]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert [float(b - a) for a, b in pairwise(keys[0])] == [2.0] * 5


def test_every_segment_begins_with_a_keyframe(ladder: Made) -> None:
    for one in ladder.pictures:
        for segment in sorted((ladder.public / one.promise.folder).glob("*.m4s")):
            whole = ladder.folder / "one.mp4"
            whole.write_bytes((ladder.public / one.promise.folder / "init.mp4").read_bytes() + segment.read_bytes())
            found = packets(whole)
            assert found.times[0] in found.keys


def test_an_independent_reader_accepts_the_playlists(ladder: Made) -> None:
    master = m3u8.load(str(ladder.public / "master.m3u8"))
    assert master.is_variant
    assert [one.stream_info.resolution for one in master.playlists] == [(320, 180), (160, 90)]
    for one in master.playlists:
        assert one.stream_info.frame_rate == 25
        assert one.stream_info.codecs
        assert one.stream_info.average_bandwidth <= one.stream_info.bandwidth
        playlist = m3u8.load(str(ladder.public / one.uri))
        assert playlist.is_endlist
        assert playlist.playlist_type == "vod"
        assert [segment.duration for segment in playlist.segments] == [4.0] * 3
        assert max(segment.duration for segment in playlist.segments) <= playlist.target_duration


def test_the_bandwidth_told_is_that_of_the_largest_segment(ladder: Made) -> None:
    for one in m3u8.load(str(ladder.public / "master.m3u8")).playlists:
        folder = (ladder.public / one.uri).parent
        sound = ladder.public / "audio-0"
        largest = max(path.stat().st_size for path in folder.glob("*.m4s"))
        loudest = max(path.stat().st_size for path in sound.glob("*.m4s"))
        assert one.stream_info.bandwidth >= (largest + loudest) * 8 / 4.05


def test_an_independent_reader_accepts_the_manifest(ladder: Made) -> None:
    mpd = MPEGDASHParser.parse(str(ladder.public / "manifest.mpd"))
    assert mpd.type == "static"
    sets = {one.content_type: one for one in mpd.periods[0].adaptation_sets}
    assert sorted(sets) == ["audio", "video"]
    assert [one.height for one in sets["video"].representations] == [180, 90]
    for one in sets["video"].representations:
        (timeline,) = one.segment_templates[0].segment_timelines
        length = sum(part.d * ((part.r or 0) + 1) for part in timeline.Ss)
        assert length / one.segment_templates[0].timescale == 12


def test_progress_runs_forward_to_the_end(ladder: Made) -> None:
    shares = [one.share for one in ladder.told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert {"encode", "package", "sprite"} <= {one.doing for one in ladder.told}


def test_sprite_and_snapshots_are_pictures_and_the_vtt_covers_the_film(ladder: Made) -> None:
    folder = ladder.public / "pictures"
    assert sorted(path.name for path in folder.iterdir()) == [
        "001.jpg",
        "002.jpg",
        "003.jpg",
        "sprite.jpg",
        "sprite.vtt",
    ]
    size = run_ffmpeg("-i", str(folder / "sprite.jpg"), "-vf", "format=gray", "-f", "rawvideo", "-")
    assert len(size) == 3 * 160 * 2 * 90
    lines = (folder / "sprite.vtt").read_text().splitlines()
    assert lines[0] == "WEBVTT"
    assert lines[2] == "00:00:00.000 --> 00:00:02.000"
    assert lines[3] == "sprite.jpg#xywh=0,0,160,90"
    assert lines[-2].endswith("00:00:12.000")


@pytest.mark.parametrize("output", ["hls-dash", "hls-ts", "mp4"])
def test_sound_stays_with_the_picture_within_twenty_milliseconds(place: Path, output: str) -> None:
    source = synchronous(place / "sync.mkv")
    wanted_picture, wanted_sound = flashes_and_beeps(source)
    made = make(source, place / "job", output=output)
    if output == "mp4":
        result = made.public / "180p.mp4"
    else:
        result = place / "joined.mkv"
        run_ffmpeg(
            "-i", str(made.folder / "video-180p.mp4"), "-i", str(made.folder / "audio-0.mp4"), "-c", "copy", str(result)
        )
    picture, sound = flashes_and_beeps(result)
    assert picture == pytest.approx(wanted_picture, abs=0.02)
    assert [b - a for a, b in zip(picture, sound, strict=True)] == pytest.approx(
        [b - a for a, b in zip(wanted_picture, wanted_sound, strict=True)], abs=0.02
    )


def test_packaged_sound_stays_with_the_packaged_picture(place: Path) -> None:
    made = make(synchronous(place / "sync.mkv"), place / "job")
    picture = joined(made.public / "video-180p", place / "v.mp4")
    sound = joined(made.public / "audio-0", place / "a.mp4")
    run_ffmpeg("-i", str(picture), "-i", str(sound), "-c", "copy", str(place / "both.mkv"))
    flashes, beeps = flashes_and_beeps(place / "both.mkv")
    assert beeps == pytest.approx(flashes, abs=0.02)


def test_sound_that_begins_later_keeps_its_distance(place: Path) -> None:
    """In the transport stream the sound begins 100 ms after the picture."""
    source = place / "late.ts"
    run_ffmpeg(
        "-i", str(synchronous(place / "sync.mkv")), "-c:v", "copy", "-af", "atrim=start=0.1", "-c:a", "mp2", str(source)
    )
    wanted = flashes_and_beeps(source)
    made = make(source, place / "job", output="mp4")
    flashes, beeps = flashes_and_beeps(made.public / "180p.mp4")
    assert [b - a for a, b in zip(flashes, beeps, strict=True)] == pytest.approx(
        [b - a for a, b in zip(*wanted, strict=True)], abs=0.02
    )


def test_all_tracks_are_taken_when_asked(films: Films, place: Path) -> None:
    made = make(films.path("tracks"), place / "job", audio={"tracks": "all"})
    assert len([one for one in made.kept if one.promise.kind == "audio"]) == 8
    media_tags = m3u8.load(str(made.public / "master.m3u8")).media
    assert len(media_tags) == 8
    assert any(one.language and one.language.startswith("zh") for one in media_tags)


NOISY = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2,noise=alls=12:allf=t", "-f", "lavfi", "-i", "sine=d=2")


@pytest.mark.parametrize(
    ("codec", "control", "audio"),
    [
        *(("h264", "capped_crf", "aac"), ("h264", "two_pass", "aac"), ("h264", "crf", "aac")),
        *(("h265", "capped_crf", "aac"), ("av1", "capped_crf", "opus"), ("av1", "crf", "opus")),
    ],
)
@pytest.mark.parametrize("edges", [(180,), (180, 90)])
def test_a_film_that_reaches_its_cap_gives_the_same_bytes(
    place: Path, codec: str, control: str, audio: str, edges: tuple[int, ...]
) -> None:
    """Encoders that keep below a cap by looking at each other's frames made another file at every run."""
    run_ffmpeg(*NOISY, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(place / "noisy.mp4"))
    sizes = [{"short_edge": edge, "kilobits": 100} for edge in edges]
    video = {"codec": codec, "control": control, "renditions": sizes, "effort": "fast"}
    made = [make(place / "noisy.mp4", place / f"{n}", video=video, audio={"codec": audio}) for n in range(3)]
    for name in (*(f"video-{edge}p.mp4" for edge in edges), "audio-0.mp4"):
        assert len({(one.folder / name).read_bytes() for one in made}) == 1, name


def test_the_same_input_gives_the_same_bytes(films: Films, place: Path) -> None:
    """Six times: a race between an encoder's threads shows itself only now and then."""
    first, *further = [make(films.path("plain"), place / f"make-{number}") for number in range(6)]
    paths = [path for path in first.folder.rglob("*") if path.suffix in (".mp4", ".m4s", ".m3u8", ".jpg")]
    assert paths
    for path in paths:
        for other in further:
            assert path.read_bytes() == (other.folder / path.relative_to(first.folder)).read_bytes(), path
