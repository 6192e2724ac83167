"""Encoder options: keyframes at the same frames in every rendition, and the same bytes for the same input.

With bit-exact flags and a fixed number of threads a chunk that is encoded again after a crash is the same file, and
digests of results can be facts. Three things undo that. x264 looks ahead in a thread of its own: 14 runs of one job
gave three different files, and 30 runs without that thread one. x264 keeps below a cap by what the frames beside have
grown to: 6 runs that reached the cap gave 6 files; with a thread for each encoder, or slices where there are more, one.
SVT-AV1 does likewise, and has one thread under a cap.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from yunyue.services.transcode.plan.geometry import Sized
from yunyue.services.transcode.templates import Audio, Video

PLAIN: Final = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")
PRESETS: Final = {
    "h264": {"fast": "veryfast", "balanced": "medium", "thorough": "slow"},
    "h265": {"fast": "ultrafast", "balanced": "fast", "thorough": "medium"},
    "av1": {"fast": "10", "balanced": "8", "thorough": "5"},
}
QUALITY: Final = {"h264": 23, "h265": 26, "av1": 33}
TAGS: Final = {"h264": "avc1", "h265": "hvc1", "av1": "av01"}


def key_frames(video: Video, rate: Fraction) -> int:
    """Frames from one keyframe to the next."""
    return max(round(video.key_seconds * rate), 1)


def threads_for(video: Video, threads: int, renditions: int) -> int:
    """Threads for each encoder. Under a cap those of a ladder share the machine: one for each costs the least."""
    return threads if video.control == "crf" else max(threads // max(renditions, 1), 1)


def video_options(video: Video, sized: Sized, rate: Fraction, threads: int, passing: str = "") -> list[str]:
    """For one rendition. `passing`: number and log of one of two passes, such as "2 /out/passes-0"."""
    given = _codec(video, key_frames(video, rate), threads, passing)
    match video.control:
        case "crf":
            given += ["-crf", str(video.crf or QUALITY[video.codec])]
        case "capped_crf":
            given += ["-crf", str(video.crf or QUALITY[video.codec]), *_cap(sized.kilobits)]
        case "two_pass":
            given += ["-b:v", f"{sized.kilobits}k", *_cap(sized.kilobits * 3 // 2)]
    given += ["-tag:v", TAGS[video.codec], "-flags:v", "+bitexact", "-video_track_timescale", str(timescale(rate))]
    return [*given, *PLAIN]


def audio_options(audio: Audio, channels: Sequence[int]) -> list[str]:
    """For the sound tracks of one file. `channels`: how many each comes with; more than that are never made of it."""
    codec = "libopus" if audio.codec == "opus" else "aac"
    given = ["-c:a", codec, "-b:a", f"{audio.kilobits}k"]
    for number, heard in enumerate(channels):
        given += [f"-ac:a:{number}", str(min(audio.channels, heard))]
    return [*given, "-flags:a", "+bitexact", *PLAIN]


def timescale(rate: Fraction) -> int:
    """A clock in which every frame lasts a whole number of ticks."""
    return rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000


def _codec(video: Video, keys: int, threads: int, passing: str) -> list[str]:
    preset = PRESETS[video.codec][video.effort]
    number, _, log = passing.partition(" ")
    match video.codec:
        case "h264":
            given = ["-c:v", "libx264", "-preset", preset, "-profile:v", "high", "-threads", str(threads)]
            # ffmpeg's own -passlogfile numbers the files by stream, differently in the two passes.
            named = "sync-lookahead=0" + (":sliced-threads=1" if threads > 1 and video.control != "crf" else "")
            named += f":pass={number}:stats={log}" if passing else ""
            given += ["-x264-params", named]
            return [*given, "-g", str(keys), "-keyint_min", str(keys), "-sc_threshold", "0"]
        case "h265":
            named = f"keyint={keys}:min-keyint={keys}:scenecut=0:open-gop=0:pools={threads}:frame-threads=1:log-level=1"
            named += f":pass={number}:stats={log}" if passing else ""
            return ["-c:v", "libx265", "-preset", preset, "-x265-params", named]
        case "av1":
            named = f"keyint={keys}:scd=0:lp={min(threads, 6) if video.control == 'crf' else 1}"
            return ["-c:v", "libsvtav1", "-preset", preset, "-g", str(keys), "-svtav1-params", named]


def _cap(kilobits: int) -> list[str]:
    return ["-maxrate", f"{kilobits}k", "-bufsize", f"{2 * kilobits}k"]
