"""Films of every odd kind, made by ffmpeg itself, tiny and always the same; and files made to do harm."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.transcode.engine.binaries import Binaries, find_binaries

PICTURE: Final = "testsrc2=s=320x180:r=25:d={seconds}"
TONE: Final = "sine=f=440:r=48000:d={seconds}"


def engines() -> Binaries:
    """The programs; a machine without them cannot run these tests."""
    found = find_binaries()
    assert not isinstance(found, Refused), found
    return found


def ffmpeg(*arguments: str) -> bytes:
    """Run ffmpeg without a sandbox, on files of our own making."""
    command = [str(engines().ffmpeg), "-nostdin", "-v", "error", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def lavfi(picture: str, seconds: float = 2.0, sounds: int = 1) -> list[str]:
    """Inputs: a picture and some tones."""
    given = ["-f", "lavfi", "-i", picture.format(seconds=seconds)]
    for number in range(sounds):
        given += ["-f", "lavfi", "-i", f"sine=f={440 + 110 * number}:r=48000:d={seconds}"]
    for number in range(sounds + 1):
        given += ["-map", str(number)]
    return given


X264: Final = ["-c:v", "libx264", "-preset", "ultrafast"]

RECIPES: Final[dict[str, tuple[str, list[str]]]] = {
    "plain": ("mp4", [*lavfi(PICTURE), *X264, "-c:a", "aac"]),
    "long": ("mp4", [*lavfi(PICTURE, 12), *X264, "-g", "50", "-c:a", "aac"]),
    "open-gop": (
        "mp4",
        [
            *lavfi(PICTURE, 12),
            "-c:v",
            "libx264",
            "-preset",
            "fast",
            "-x264-params",
            "open-gop=1:keyint=40",
            "-c:a",
            "aac",
        ],
    ),
    "silent": ("mp4", [*lavfi(PICTURE, sounds=0), *X264]),
    "tone": ("m4a", ["-f", "lavfi", "-i", TONE.format(seconds=2), "-c:a", "aac"]),
    "tracks": ("mkv", [*lavfi(PICTURE, sounds=8), *X264, "-c:a", "aac", "-metadata:s:a:1", "language=chi"]),
    "odd-size": ("mkv", [*lavfi("testsrc2=s=321x181:r=25:d={seconds}"), *X264, "-pix_fmt", "yuv444p", "-c:a", "aac"]),
    "ntsc": ("mp4", [*lavfi("testsrc2=s=320x180:r=30000/1001:d={seconds}"), *X264, "-c:a", "aac"]),
    "hevc": ("mp4", [*lavfi(PICTURE), "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"]),
    "av1": ("mp4", [*lavfi(PICTURE, 1), "-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"]),
    "vp9": ("webm", [*lavfi(PICTURE, 1), "-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"]),
    "mpeg2": ("mpg", [*lavfi(PICTURE), "-c:v", "mpeg2video", "-c:a", "mp2", "-f", "vob"]),
    "ts": ("ts", [*lavfi(PICTURE), *X264, "-c:a", "aac"]),
    "flv": ("flv", [*lavfi(PICTURE), *X264, "-c:a", "aac"]),
    "wmv": ("wmv", [*lavfi(PICTURE), "-c:v", "wmv2", "-c:a", "wmav2"]),
    "avi": ("avi", [*lavfi(PICTURE), "-c:v", "mpeg4", "-c:a", "libmp3lame"]),
    "prores": ("mov", [*lavfi(PICTURE, 1), "-c:v", "prores_ks", "-c:a", "pcm_s16le"]),
    "interlaced": (
        "ts",
        [
            *lavfi("testsrc2=s=320x192:r=50:d={seconds}"),
            "-vf",
            "tinterlace=interleave_top,setfield=tff",
            "-c:v",
            "mpeg2video",
            "-flags",
            "+ilme+ildct",
            "-c:a",
            "mp2",
        ],
    ),
    "hdr10": (
        "mp4",
        [
            *lavfi(PICTURE, 1, 0),
            "-pix_fmt",
            "yuv420p10le",
            "-c:v",
            "libx265",
            "-preset",
            "ultrafast",
            "-color_primaries",
            "bt2020",
            "-color_trc",
            "smpte2084",
            "-colorspace",
            "bt2020nc",
            "-x265-params",
            "log-level=none:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
        ],
    ),
    "varying": (
        "mkv",
        [*lavfi(PICTURE), "-vf", "select='not(mod(n,5))+gt(n,30)'", "-fps_mode", "vfr", *X264, "-c:a", "aac"],
    ),
    "anamorphic": ("mp4", [*lavfi("testsrc2=s=352x288:r=25:d={seconds}"), "-vf", "setsar=16/11", *X264, "-c:a", "aac"]),
    "subtitled": ("mkv", []),
    "rotated": ("mp4", []),
    "cut-off": ("ts", []),
}
"""Container and how to make it; those without arguments are made from others."""


@dataclass(frozen=True, slots=True)
class Films:
    """A folder of films, each made when it is first asked for."""

    folder: Path

    def path(self, name: str) -> Path:
        """The film of that name."""
        kind, arguments = RECIPES[name]
        path = self.folder / f"{name}.{kind}"
        if not path.exists():
            draft = self.folder / f"draft-{name}.{kind}"
            special = SPECIAL.get(name)
            if special is not None:
                special(self, draft)
            else:
                ffmpeg(*arguments, "-shortest", str(draft))
            draft.rename(path)
        return path


def _rotated(films: Films, path: Path) -> None:
    ffmpeg("-display_rotation", "90", "-i", str(films.path("plain")), "-c", "copy", str(path))


def _cut_off(films: Films, path: Path) -> None:
    whole = films.path("ts").read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3 + 77])


def _subtitled(films: Films, path: Path) -> None:
    text = path.with_suffix(".srt")
    text.write_text("1\n00:00:00,200 --> 00:00:01,500\n你好，世界\n")
    ffmpeg(
        "-i",
        str(films.path("plain")),
        "-i",
        str(text),
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-c:s",
        "srt",
        str(path),
    )


SPECIAL: Final[dict[str, Callable[[Films, Path], None]]] = {
    "rotated": _rotated,
    "cut-off": _cut_off,
    "subtitled": _subtitled,
}


def synchronous(path: Path, seconds: int = 4) -> Path:
    """White frames and beeps at the same moments, each whole second for 100 ms: to measure how far they are apart."""
    white = "drawbox=c=white:t=fill:enable='lt(mod(t,1),0.1)*gte(t,1)'"
    given = ["-f", "lavfi", "-i", f"color=black:s=320x180:r=50:d={seconds}", "-f", "lavfi"]
    given += ["-i", f"aevalsrc='if(lt(mod(t,1),0.1)*gte(t,1),sin(2*PI*1000*t),0)':s=48000:d={seconds}"]
    ffmpeg(*given, "-vf", white, *X264, "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", str(path))
    return path


def flashes_and_beeps(path: Path, *before: str) -> tuple[list[float], list[float]]:
    """When the picture turns white and when sound sets in, in seconds from the beginning of the file."""
    if path.suffix == ".ts":
        # A transport stream's times would begin anew with whichever stream is read alone.
        whole = path.with_suffix(".whole.mkv")
        ffmpeg("-i", str(path), "-map", "0", "-c", "copy", str(whole))
        path = whole
    lumas = ffmpeg(*before, "-i", str(path), "-map", "0:v:0", "-vf", "scale=2:2,format=gray", "-f", "framecrc", "-")
    base = next(line for line in lumas.decode().splitlines() if line.startswith("#tb 0"))
    above, below = base.split(":")[1].strip().split("/")
    picture = ffmpeg(*before, "-i", str(path), "-map", "0:v:0", "-vf", "scale=2:2,format=gray", "-f", "rawvideo", "-")
    times = [
        int(line.split(",")[2]) * int(above) / int(below) for line in lumas.decode().splitlines() if line[:1] == "0"
    ]
    bright = [picture[4 * place] > 128 for place in range(len(times))]
    flashes = [times[i] for i in range(1, len(bright)) if bright[i] and not bright[i - 1]]
    sound = ffmpeg(
        *before,
        "-i",
        str(path),
        "-map",
        "0:a:0",
        "-af",
        "aresample=48000:async=1:first_pts=0",
        "-ac",
        "1",
        "-f",
        "s16le",
        "-",
    )
    levels = memoryview(sound[: len(sound) // 2 * 2]).cast("h")
    beeps, quiet = [], 0
    for place, level in enumerate(levels):
        if abs(level) > 8000:
            if quiet > 9600:
                beeps.append(place / 48000)
            quiet = 0
        else:
            quiet += 1
    return flashes, beeps
