"""What is billed: minutes of output by codec and by the shorter side of the picture; failed jobs are free."""

from typing import Final

from yunyue.catalog import Meter
from yunyue.contract.terms import Named
from yunyue.services.transcode.engine.verify import Kept

TIERS: Final = (720, 1080, 1440, 2160)
CODECS: Final = {"h264": "H.264", "h265": "H.265", "av1": "AV1"}
AUDIO: Final = "transcode.audio-minute"
REMUX: Final = "transcode.remux-minute"
MINUTE: Final = Named(zh="输出分钟", en="output minute")


def tier(short_edge: int) -> int:
    """The tier a picture falls into; what is larger than the last counts as the last."""
    return next((one for one in TIERS if short_edge <= one), TIERS[-1])


def video_meter(codec: str, short_edge: int) -> str:
    """Such as transcode.h264-720-minute."""
    return f"transcode.{codec}-{tier(short_edge)}-minute"


def billed(kept: tuple[Kept, ...], output: str) -> tuple[tuple[str, int], ...]:
    """Milliseconds by meter. Sound beside a picture is free, as on public price lists; pictures alone are free too."""
    found: dict[str, int] = {}
    pictures = [one for one in kept if one.promise.kind == "video"]
    for one in pictures or kept:
        promise = one.promise
        code = video_meter(promise.codec, promise.short_edge) if pictures else AUDIO
        code = REMUX if output == "remux" else code
        found[code] = found.get(code, 0) + round(one.seconds * 1000)
    return tuple(sorted(found.items()))


def _video(codec: str, edge: int) -> Meter:
    shown = CODECS[codec]
    under, upto = ("及以下", "up to ") if edge == TIERS[0] else ("", "")
    title = Named(
        zh=f"视频转码：{shown}，短边 {edge}{' ' + under if under else ''}",
        en=f"Transcoding: {shown}, short edge {upto}{edge}",
    )
    return Meter(video_meter(codec, edge), title, MINUTE)


METERS: Final = (
    *(_video(codec, edge) for codec in CODECS for edge in TIERS),
    Meter(AUDIO, Named(zh="视频转码：仅音频", en="Transcoding: sound alone"), MINUTE),
    Meter(REMUX, Named(zh="视频转码：仅换封装", en="Transcoding: another container only"), MINUTE),
)
