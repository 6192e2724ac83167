"""Looks into a file before anything is promised about it: what it is, or why it is refused."""

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.sandbox import Box, Ended, Limits, Shown, run
from yunyue.services.transcode.engine.binaries import Binaries
from yunyue.services.transcode.engine.formats import (
    AUDIO_CODECS,
    SUBTITLE_CODECS,
    VIDEO_CODECS,
    MediaLimits,
    safe_input,
)
from yunyue.services.transcode.engine.packets import Packets, read_packets
from yunyue.services.transcode.engine.said import complaint
from yunyue.services.transcode.media import AudioTrack, Media, SubtitleTrack, VideoTrack

PROBING: Final = Limits(wall=30, cpu=20, memory=1 << 30, processes=64, lines=16 << 20)
DEFAULT_LIMITS: Final = MediaLimits()
_RATES: Final = (
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(48)),
    *(Fraction(50), Fraction(60000, 1001), Fraction(60), Fraction(100), Fraction(120)),
)
Found = dict[str, Any]


def inspect(path: Path, engines: Binaries, limits: MediaLimits = DEFAULT_LIMITS) -> Media | Refused:
    """What a file holds. Refused: no medium, a format that is not taken, or larger than the limits."""
    size = path.stat().st_size
    if size > limits.size:
        return Refused(f"the file has {size} bytes; at most {limits.size} are taken", "input", "C37")
    found = _asked(path, engines, limits)
    if isinstance(found, Refused):
        return found
    streams: list[Found] = found.get("streams", [])
    if refused := _too_much(streams, limits):
        return refused
    video = next((one for one in streams if one.get("codec_type") == "video" and not _picture(one)), None)
    packets = read_packets(path, str(video["index"]), engines, limits) if video is not None else None
    if isinstance(packets, Refused):
        return packets
    return _media(found, video, packets, limits)


def _asked(path: Path, engines: Binaries, limits: MediaLimits) -> Found | Refused:
    given = ["-v", "error", *safe_input(limits), "-probesize", "32M", "-analyzeduration", "20M"]
    given += ["-show_format", "-show_streams", "-of", "json", "/in/0"]
    told = run(Box(engines.ffprobe, (Shown(path, "/in/0"),)), given, PROBING)
    if not isinstance(told, Ended):
        return Refused(f"reading the file was stopped: {told.why}", "input", "C37")
    if "not on whitelist" in told.errors:
        return Refused("the file is of a format that is not taken, such as a playlist or a script", "input", "C37")
    try:
        found: Found = msgspec.json.decode(told.output)
    except msgspec.DecodeError:
        found = {}
    if not found.get("streams"):
        return Refused(f"no video or sound was found in the file: {complaint(told.errors)}", "input", "C37")
    return found


def _too_much(streams: list[Found], limits: MediaLimits) -> Refused | None:
    if len(streams) > limits.streams:
        return Refused(f"the file has more than {limits.streams} streams", "input", "C37")
    for one in streams:
        if one.get("codec_type") == "video" and not _picture(one):
            width, height = int(one.get("width", 0)), int(one.get("height", 0))
            if max(width, height) > limits.side or width * height > limits.pixels:
                return Refused(
                    f"the picture has {width} by {height} pixels; a side has at most {limits.side}", "input", "C37"
                )
    return None


def _media(found: Found, video: Found | None, packets: Packets | None, limits: MediaLimits) -> Media | Refused:
    base = found.get("format", {})
    start = _fraction(base.get("start_time")) or Fraction(0)
    streams: list[Found] = found["streams"]
    audio = tuple(_audio(one, start) for one in streams if _is(one, "audio") and int(one.get("channels", 0)) > 0)
    track = _video(video, packets, start) if video is not None and packets is not None else None
    if refused := _untaken(track, audio, limits):
        return refused
    claimed = _fraction(base.get("duration")) or Fraction(0)
    seconds = max(claimed, track.start + track.seconds if track else Fraction(0))
    notes: tuple[str, ...] = ()
    if track is not None and claimed - track.seconds - track.start > 1 and not audio:
        # Nothing but the header says so; a cut-off tail leaves exactly this.
        seconds, notes = track.start + track.seconds, ("the file ends before its header says",)
    if seconds > limits.seconds:
        return Refused(f"it lasts {int(seconds)} s; at most {limits.seconds} s are taken", "input", "C37")
    subtitles = tuple(
        SubtitleTrack(int(one["index"]), one["codec_name"], _language(one))
        for one in streams
        if _is(one, "subtitle") and one.get("codec_name") in SUBTITLE_CODECS
    )
    return Media(base.get("format_name", ""), int(base.get("size", 0)), seconds, track, audio, subtitles, notes)


def _untaken(video: VideoTrack | None, audio: tuple[AudioTrack, ...], limits: MediaLimits) -> Refused | None:
    if video is None and not audio:
        return Refused("the file holds neither a video nor a sound that can be decoded", "input", "C37")
    if video is not None:
        if video.codec not in VIDEO_CODECS:
            return Refused(f"video of kind {video.codec or 'unknown'} is not taken", "input", "C37")
        if not video.frames or not video.width or not video.height:
            return Refused("the video has no frame that can be decoded", "input", "C37")
        if video.rate > limits.rate:
            return Refused(f"the video has {int(video.rate)} frames a second; at most {limits.rate}", "input", "C37")
        if video.width * video.height * video.rate > limits.decode:
            return Refused("the video takes more to decode than is allowed", "input", "C37")
    for one in audio:
        if one.codec not in AUDIO_CODECS:
            return Refused(f"sound of kind {one.codec or 'unknown'} is not taken", "input", "C37")
    return None


def _video(one: Found, packets: Packets, start: Fraction) -> VideoTrack:
    interlaced = one.get("field_order", "progressive") in ("tt", "bb", "tb", "bt")
    rate = _rate(one, packets)
    # Two fields may be two packets; then the pace of packets is twice that of frames.
    frames = packets.count // 2 if interlaced and rate and packets.pace > Fraction(3, 2) * rate else packets.count
    return VideoTrack(
        index=int(one["index"]),
        codec=one.get("codec_name", ""),
        width=int(one.get("width", 0)),
        height=int(one.get("height", 0)),
        rate=rate,
        # Without times on every packet, as in program streams and AVI, the header's word has to do.
        steady=packets.steady or bool(packets.missing and one.get("r_frame_rate") == one.get("avg_frame_rate")),
        frames=frames,
        start=max(packets.start - start, Fraction(0)) if packets.ticks else Fraction(0),
        seconds=packets.seconds if packets.ticks else frames / rate,
        pixel_format=one.get("pix_fmt", ""),
        aspect=_aspect(one.get("sample_aspect_ratio", "1:1")),
        rotation=_rotation(one),
        interlaced=interlaced,
        transfer=one.get("color_transfer", ""),
        primaries=one.get("color_primaries", ""),
        matrix=one.get("color_space", ""),
    )


def _rate(one: Found, packets: Packets) -> Fraction:
    """The nominal rate when packets keep to it; else the nearest common rate that loses no frame on average."""
    nominal = _fraction(one.get("r_frame_rate")) or _fraction(one.get("avg_frame_rate")) or Fraction(25)
    pace = packets.pace or nominal
    if packets.steady and abs(nominal - pace) < pace / 50:
        return nominal
    if pace <= nominal <= _RATES[-1]:
        return nominal
    return next((rate for rate in _RATES if rate >= pace * Fraction(99, 100)), _RATES[-1])


def _audio(one: Found, start: Fraction) -> AudioTrack:
    return AudioTrack(
        index=int(one["index"]),
        codec=one.get("codec_name", ""),
        rate=int(one.get("sample_rate", 0)),
        channels=int(one.get("channels", 0)),
        start=(_fraction(one.get("start_time")) or start) - start,
        language=_language(one),
        default=bool(one.get("disposition", {}).get("default")),
    )


def _is(one: Found, kind: str) -> bool:
    return one.get("codec_type") == kind


def _picture(one: Found) -> bool:
    """A cover picture is no video."""
    return bool(one.get("disposition", {}).get("attached_pic"))


def _language(one: Found) -> str:
    said = str(one.get("tags", {}).get("language", ""))
    return said if said.isascii() and said.isalpha() and len(said) in (2, 3) and said != "und" else ""


def _rotation(one: Found) -> int:
    turns = [side.get("rotation", 0) for side in one.get("side_data_list", []) if "rotation" in side]
    # The matrix turns against the clock; a picture is straightened by quarters only.
    return (round(-float(turns[0]) / 90) % 4) * 90 if turns else 0


def _aspect(text: str) -> Fraction:
    wide, _, high = text.partition(":")
    if not wide.isdigit() or not high.isdigit() or not int(wide) or not int(high):
        return Fraction(1)
    ratio = Fraction(int(wide), int(high))
    return ratio if Fraction(1, 8) <= ratio <= 8 else Fraction(1)


def _fraction(text: object) -> Fraction | None:
    try:
        return Fraction(str(text)) if text is not None else None
    except (ValueError, ZeroDivisionError):
        return None
