"""Files made to do harm: each is refused or stopped with a clear reason, and nothing of the machine leaks."""

import http.server
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from films import X264, Films, engines, ffmpeg

from yunyue.answer import Refused
from yunyue.host.engines import Engine, Found, Missing
from yunyue.host.sandbox import Box, Ended, Limits, Shown, Stopped, run
from yunyue.services.transcode.engine.binaries import Binaries, new_enough, system_ffmpeg
from yunyue.services.transcode.engine.capabilities import Capabilities, capabilities
from yunyue.services.transcode.engine.formats import CONTAINERS, MediaLimits, safe_input
from yunyue.services.transcode.engine.inspect import inspect
from yunyue.services.transcode.engine.said import complaint

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server of this machine, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


def refusal(path: Path, limits: MediaLimits | None = None) -> Refused:
    found = inspect(path, engines(), limits or MediaLimits())
    assert isinstance(found, Refused), found
    return found


def decoded(path: Path, limits: Limits | None = None) -> Ended | Stopped:
    """Decode a file as a job does: behind the same options, in the same box."""
    given = ["-nostdin", "-v", "error", *safe_input(MediaLimits()), "-i", "/in/0", "-f", "null", "-"]
    return run(Box(engines().ffmpeg, (Shown(path, "/in/0"),)), given, limits or Limits(wall=20, cpu=20))


@pytest.mark.parametrize("suffix", ["mp4", "ts", "mkv"])
def test_a_script_named_like_a_film_does_not_render_its_neighbour(films: Films, place: Path, suffix: str) -> None:
    (place / "secret.mp4").write_bytes(films.path("plain").read_bytes())
    evil = place / f"evil.{suffix}"
    evil.write_text("ffconcat version 1.0\nfile secret.mp4\n")
    assert "playlist or a script" in refusal(evil).reason
    ended = decoded(evil)
    assert isinstance(ended, Ended)
    assert ended.code != 0


@pytest.mark.parametrize("target", ["file:///etc/passwd", "/etc/passwd", "secret.mp4", "concat:/etc/passwd"])
def test_a_playlist_that_points_at_files_is_refused(place: Path, target: str) -> None:
    evil = place / "evil.mp4"
    evil.write_text(PLAYLIST.format(target=target))
    assert "root:" not in str(refusal(evil))
    ended = decoded(evil)
    assert isinstance(ended, Ended)
    assert ended.code != 0
    assert "root:" not in ended.errors


def test_a_playlist_that_points_at_the_network_asks_nobody(place: Path, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    evil = place / "evil.mp4"
    evil.write_text(PLAYLIST.format(target=f"{address}/stolen"))
    refusal(evil)
    decoded(evil)
    given = ["-v", "error", "-protocol_whitelist", "file,http,tcp,hls", "-i", f"{address}/direct", "-f", "null", "-"]
    run(Box(engines().ffmpeg), given, Limits(wall=10, cpu=10))
    assert asked == []


def test_a_film_that_names_a_file_outside_as_its_data_gets_nothing(films: Films, place: Path) -> None:
    """An alias in a MOV's dref box may name another file."""
    content = films.path("prores").read_bytes().replace(b"url \x00\x00\x00\x01", b"alis\x00\x00\x00\x00")
    evil = place / "evil.mov"
    evil.write_bytes(content)
    ended = decoded(evil)
    assert isinstance(ended, Ended)


def test_playlists_scripts_and_devices_are_not_on_the_list() -> None:
    assert not {"hls", "dash", "concat", "imf", "sdp", "lavfi", "image2", "tee", "ffmetadata"} & set(CONTAINERS)


def boxes(content: bytes, start: int, end: int) -> dict[str, tuple[int, int]]:
    found = {}
    while start < end:
        size, name = struct.unpack(">I4s", content[start : start + 8])
        found[name.decode()] = (start, start + size)
        start += size
    return found


def with_tracks(content: bytes, count: int) -> bytes:
    """An MP4 whose one track is repeated in its header."""
    start, end = boxes(content, 0, len(content))["moov"]
    inner = boxes(content, start + 8, end)
    track = content[slice(*inner["trak"])]
    size = end - start + len(track) * (count - 1)
    return content[:start] + struct.pack(">I", size) + content[start + 4 : end] + track * (count - 1) + content[end:]


@pytest.mark.parametrize("count", [100, 10_000])
def test_ten_thousand_streams_are_refused(films: Films, place: Path, count: int) -> None:
    evil = place / "evil.mp4"
    evil.write_bytes(with_tracks(films.path("silent").read_bytes(), count))
    assert refusal(evil).field == "input"


def test_a_header_that_lies_about_the_length_is_refused(films: Films, place: Path) -> None:
    """A hundred years, says the header of two seconds with sound."""
    content = bytearray(films.path("plain").read_bytes())
    for name in (b"mvhd", b"mdhd"):
        place_of = content.find(name)
        while place_of > 0:
            content[place_of + 20 : place_of + 24] = b"\x7f\xff\xff\xff"
            place_of = content.find(name, place_of + 1)
    for at in [index for index in range(len(content)) if content[index : index + 4] == b"tkhd"]:
        content[at + 24 : at + 28] = b"\x7f\xff\xff\xff"
    evil = place / "evil.mp4"
    evil.write_bytes(bytes(content))
    found = inspect(evil, engines(), MediaLimits(seconds=3600))
    assert isinstance(found, Refused) or found.seconds < 10


def test_a_header_that_lies_about_the_length_without_sound_is_seen_through(films: Films, place: Path) -> None:
    whole = films.path("silent").read_bytes()
    evil = place / "evil.mkv"
    ffmpeg("-i", str(films.path("silent")), "-c", "copy", str(evil))
    content = evil.read_bytes()
    at = content.find(b"\x44\x89\x88")
    assert at > 0
    evil.write_bytes(content[: at + 3] + struct.pack(">d", 50_000.0) + content[at + 11 :])
    found = inspect(evil, engines())
    assert not isinstance(found, Refused)
    assert found.seconds == 2
    assert found.notes
    assert whole


def test_a_picture_that_unfolds_to_gigabytes_is_refused(place: Path) -> None:
    """A few kilobytes of H.264 that would need 8448 pixels a line."""
    evil = place / "bomb.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=s=8448x2176:r=1:d=1", *X264, str(evil))
    assert evil.stat().st_size < 100_000
    assert "8448 by 2176" in refusal(evil).reason


def test_a_stream_that_grows_after_its_header_is_not_decoded(films: Films, place: Path) -> None:
    """The first picture is small, a later one huge: the decoder's own limit holds."""
    small, large = place / "small.ts", place / "large.ts"
    ffmpeg("-i", str(films.path("silent")), "-c", "copy", str(small))
    ffmpeg("-f", "lavfi", "-i", "color=s=2048x2048:r=5:d=1", *X264, "-output_ts_offset", "3", str(large))
    evil = place / "evil.ts"
    evil.write_bytes(small.read_bytes() + large.read_bytes())
    given = ["-nostdin", *safe_input(MediaLimits(pixels=400_000)), "-i", "/in/0", "-f", "null", "-"]
    ended = run(Box(engines().ffmpeg, (Shown(evil, "/in/0"),)), given, Limits(wall=20, cpu=20))
    assert isinstance(ended, Ended)
    assert "exceeds specified max pixel count" in ended.errors


def test_work_without_end_is_stopped_by_the_clock(place: Path) -> None:
    """What should end never does: the wall clock ends it."""
    given = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1280x720", "-f", "null", "-"]
    stopped = run(Box(engines().ffmpeg, (), place), given, Limits(wall=1, cpu=60))
    assert isinstance(stopped, Stopped)
    assert stopped.why == "wall"
    assert stopped.wall < 3


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 5000, b"<html>", b"RIFF\xff\xff\xff\xffAVI LIST", bytes(range(256)) * 40]
)
def test_what_is_no_film_is_refused(place: Path, content: bytes) -> None:
    (place / "x.mp4").write_bytes(content)
    assert refusal(place / "x.mp4").clause == "C37"


@pytest.mark.parametrize("name", ["plain", "ts", "mpeg2", "flv", "avi", "wmv", "vp9", "tracks"])
def test_a_damaged_film_never_breaks_the_inspection(films: Films, place: Path, name: str) -> None:
    whole = films.path(name).read_bytes()
    damaged = bytearray(whole[: len(whole) * 3 // 5])
    for at in range(40, len(damaged), 97):
        damaged[at] ^= 0x5A
    (place / "damaged").write_bytes(bytes(damaged))
    found = inspect(place / "damaged", engines())
    assert isinstance(found, Refused) or found.video is not None or found.audio


def test_what_an_engine_says_shows_no_paths_and_stays_one_line() -> None:
    said = "[mov @ 0x55d0c0ffee00] moov atom not found\n/in/0: Invalid data\x1b[31m; rm"
    assert complaint(said) == "moov atom not found"
    assert complaint("/in/0: bad \x1b[31m; really") == "the file: bad  [31m, really"
    assert complaint("") == "it said nothing"
    assert len(complaint("x" * 5000)) == 200


class TestEngines:
    def test_the_programs_of_the_wheels_are_found(self) -> None:
        assert isinstance(engines(), Binaries)

    @pytest.mark.parametrize(
        ("version", "enough"), [("5.1.8", False), ("8.1.2", False), ("8.1.3", True), ("9.0.2", True)]
    )
    def test_an_old_ffmpeg_is_not_used(self, version: str, enough: bool) -> None:
        assert new_enough(version) is enough

    def test_the_systems_ffmpeg_is_refused_with_its_version(self) -> None:
        engine = Engine("ffmpeg", ("-version",), "ffmpeg", "transcode")
        refused = system_ffmpeg(Found(engine, "/usr/bin/ffmpeg", "5.1.8"))
        assert isinstance(refused, Refused)
        assert "found: 5.1.8" in refused.reason
        assert isinstance(system_ffmpeg(Missing(engine)), Refused)
        assert system_ffmpeg(Found(engine, "/usr/bin/ffmpeg", "9.1")) == Path("/usr/bin/ffmpeg")

    def test_encoders_and_filters_are_recorded(self) -> None:
        found = capabilities()
        assert isinstance(found, Capabilities)
        assert found.version.startswith("9.")
        assert (
            found.lacking(("h264", "h265", "av1", "aac", "opus"), ("libvmaf", "zscale", "subtitles", "drawtext")) == ()
        )
        assert found.lacking(("h267",), ("nonsense",)) == ("h267", "nonsense")
