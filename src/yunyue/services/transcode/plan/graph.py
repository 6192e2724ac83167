"""The filter graph: one decoder, what is done to the picture once, and a branch for each rendition."""

from collections.abc import Sequence
from fractions import Fraction

from yunyue.services.transcode.media import VideoTrack
from yunyue.services.transcode.plan.geometry import Sized, cut
from yunyue.services.transcode.templates import Edit

TURNS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
TO_SDR = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)


def picture_chain(video: VideoTrack, edit: Edit, origin: Fraction, rate: Fraction) -> str:
    """What is done once, in order, to every frame of the source."""
    steps: list[str] = []
    if edit.deinterlace == "always" or (edit.deinterlace == "auto" and video.interlaced):
        steps.append("bwdif=mode=send_frame")
    steps.append(f"setpts=PTS-{float(origin):.6f}/TB")
    steps.append(f"fps={rate.numerator}/{rate.denominator}:start_time=0:round=near")
    if video.aspect != 1:
        wide = round(video.width * video.aspect) // 2 * 2
        steps.append(f"scale={wide}:ih,setsar=1" if video.rotation in (0, 180) else f"scale=iw:{wide},setsar=1")
    if edit.rotate:
        steps.append(TURNS[edit.rotate])
    width, height = video.shown if edit.rotate in (0, 180) else video.shown[::-1]
    left, top, right, bottom = cut(edit.crop, width, height)
    if left or top or right or bottom:
        steps.append(f"crop=iw-{left + right}:ih-{top + bottom}:{left}:{top}")
    steps.append(TO_SDR if video.hdr else "format=yuv420p")
    return ",".join(steps)


def branches(base: str, sized: Sequence[Sized], frames: int | None) -> str:
    """From the label of the finished picture to [v0], [v1] …, one for each rendition, with just so many frames."""
    end = f"trim=end_frame={frames}," if frames is not None else ""
    splits = "".join(f"[s{number}]" for number in range(len(sized)))
    first = f"[{base}]{end}split={len(sized)}{splits}"
    scaled = [
        f"[s{number}]scale={one.width}:{one.height}:flags=bicubic,setsar=1[v{number}]"
        for number, one in enumerate(sized)
    ]
    return ";".join((first, *scaled))


def sound_chain(origin: Fraction, seconds: Fraction | None = None) -> str:
    """Sound that begins where the picture does, and has no holes."""
    parts = [f"asetpts=PTS-{float(origin):.6f}/TB"] if origin else []
    parts += ["aresample=48000:async=1:first_pts=0"]
    parts += [f"atrim=end={float(seconds):.6f}"] if seconds is not None else []
    return ",".join(parts)
