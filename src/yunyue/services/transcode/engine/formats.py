"""What may be opened: containers that hold media themselves, from files only.

Not on the list, on purpose: playlists and scripts (hls, dash, concat, imf, sdp): on current releases a text named .mp4
that says "ffconcat" still renders a neighbour's file into the video; devices (lavfi); and whatever opens other files.
"""

from dataclasses import dataclass
from typing import Final

CONTAINERS: Final = (
    *("mov", "matroska", "mpegts", "flv", "avi", "asf", "mpeg", "mpegvideo", "h264", "hevc", "ivf", "obu", "m4v"),
    *("mp3", "aac", "wav", "flac", "ogg", "ac3", "mxf", "w64"),
)
PICTURES: Final = ("png_pipe", "jpeg_pipe", "webp_pipe")
SUBTITLES: Final = ("srt", "webvtt", "ass")

VIDEO_CODECS: Final = frozenset(
    {"h264", "hevc", "av1", "vp8", "vp9", "mpeg2video", "mpeg1video", "mpeg4", "prores", "dnxhd", "mjpeg"}
    | {"wmv1", "wmv2", "wmv3", "vc1", "flv1", "h263", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "theora", "vp6f", "vp6"}
)
AUDIO_CODECS: Final = frozenset(
    {"aac", "mp3", "mp2", "ac3", "eac3", "opus", "vorbis", "flac", "alac", "wmav1", "wmav2", "wmapro", "dts", "truehd"}
    | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8", "pcm_mulaw"}
    | {"pcm_alaw", "pcm_bluray", "amr_nb", "amr_wb", "nellymoser", "speex", "adpcm_ms", "adpcm_ima_wav", "adpcm_swf"}
)
SUBTITLE_CODECS: Final = frozenset({"subrip", "ass", "ssa", "webvtt", "mov_text", "text"})


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """The largest input that is taken. `decode`: pixels a second that have to be decoded."""

    size: int = 64 << 30
    seconds: int = 12 * 3600
    streams: int = 64
    side: int = 8192
    pixels: int = 8192 * 4608
    rate: int = 300
    decode: int = 8192 * 4320 * 30


def safe_input(limits: MediaLimits, formats: tuple[str, ...] = CONTAINERS) -> list[str]:
    """Options to be given before every input of ffmpeg and ffprobe."""
    given = ["-protocol_whitelist", "file", "-format_whitelist", ",".join(formats)]
    return [*given, "-max_streams", str(limits.streams + 1), "-max_pixels", str(limits.pixels)]
