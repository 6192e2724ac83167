"""Encoding: every rendition and every sound track from one decode."""

from collections.abc import Sequence
from fractions import Fraction

from yunyue.services.transcode.engine.formats import safe_input
from yunyue.services.transcode.plan.encoders import audio_options, threads_for, video_options
from yunyue.services.transcode.plan.graph import branches, picture_chain, sound_chain
from yunyue.services.transcode.plan.marks import Canvas, image_mark, text_mark, text_name
from yunyue.services.transcode.plan.steps import PUBLIC, Promise, Step
from yunyue.services.transcode.plan.work import LIMITS, PROGRESS, Work

SUBTITLES = "subtitles.ass"


def encode_steps(work: Work) -> tuple[Step, ...]:
    """One command, or two when every rendition takes two passes."""
    if work.template.video.control == "two_pass" and work.video is not None:
        return (_encode(work, 1), _encode(work, 2))
    return (_encode(work, 0),)


def encode_promises(work: Work) -> tuple[Promise, ...]:
    """What the command makes."""
    seconds, video = work.seconds, work.template.video
    made = [
        Promise(
            name=f"video-{one.name}",
            kind="video",
            path=video_path(work, number),
            codec=video.codec,
            seconds=seconds,
            width=one.width,
            height=one.height,
            rate=work.rate,
            frames=None if work.films else work.stretch.frames,
        )
        for number, one in enumerate(work.sized)
    ]
    if work.final and made:
        return tuple(made)
    return (*made, *sound_promises(work))


def sound_promises(work: Work) -> tuple[Promise, ...]:
    """The sound tracks, each in its file."""
    codec, seconds = work.template.audio.codec, work.seconds
    return tuple(
        Promise(f"audio-{number}", "audio", sound_path(work, number), codec, seconds, language=one.language)
        for number, one in enumerate(work.sounds)
    )


def video_path(work: Work, number: int) -> str:
    """Where a rendition lies in the job's folder; an MP4 is published as it is."""
    one = work.sized[number]
    return f"{PUBLIC}/{one.name}.mp4" if work.final else f"video-{one.name}.mp4"


def sound_path(work: Work, number: int) -> str:
    """Where a sound track lies."""
    if work.final:
        return f"{PUBLIC}/audio{'' if number == 0 else f'-{number}'}.m4a"
    return f"audio-{number}.mp4"


def picture_graph(work: Work) -> tuple[str, list[str]]:
    """Statements from the film's frames to the label [base], and the inputs of pictures they need."""
    assert work.video is not None, "asked of a film with a picture only"
    chain = picture_chain(work.video, work.template.edit, work.origin, work.rate)
    canvas = Canvas(*work.shown, work.machine.font)
    late, back = _clock(work)
    statements, inputs = [f"[0:v:0]{chain}{late}[p0]"], list[str]()
    label = "p0"
    if work.films:
        statements, label = [*statements, *_appended(work)], "joined"
    if work.template.subtitles.mode == "burn":
        statements.append(f"[{label}]subtitles=/out/{SUBTITLES}{_fonts(work)}[lettered]")
        label = "lettered"
    for number, mark in enumerate(work.template.watermarks):
        made = f"marked{number}"
        if mark.text:
            statements.append(f"[{label}]{text_mark(mark, number, canvas)}[{made}]")
        elif (extra := work.brought(mark.image)) is not None:
            source = f"[{1 + len(work.films) + len(inputs) // len(work.picture_input(''))}:v:0]"
            prepared, overlay = image_mark(mark, source, f"mark{number}", canvas, extra)
            statements += [prepared, f"[{label}][mark{number}]{overlay}[{made}]"]
            inputs += work.picture_input(mark.image)
        label = made
    statements.append(f"[{label}]{back or 'null'}[base]")
    return ";".join(statements), inputs


def mark_texts(work: Work) -> dict[str, bytes] | None:
    """The files the texts of marks are read from; every command with `picture_graph` needs them."""
    return {text_name(n): one.text.encode() for n, one in enumerate(work.template.watermarks) if one.text} or None


def _clock(work: Work) -> tuple[str, str]:
    """Filters that let marks and subtitles see a chunk's time in the whole result, and that take it back again."""
    if not work.begun:
        return "", ""
    moved = f"{work.begun.numerator}/{work.begun.denominator}/TB"
    return f",setpts=round(PTS+{moved})", f"setpts=round(PTS-{moved})"


def _encode(work: Work, passing: int) -> Step:
    given = [*PROGRESS, *work.film_input()]
    for film in work.films:
        given += [*safe_input(LIMITS), "-i", f"/in/{film.name}"]
    statements, outputs = list[str](), list[str]()
    if work.video is not None:
        graph, inputs = picture_graph(work)
        given += inputs
        given += ["-filter_complex_threads", str(max(work.machine.threads // max(len(work.sized), 1), 1))]
        frames = None if work.films else work.stretch.frames
        statements += [graph, branches("base", work.sized, frames)]
    if passing != 1:
        statements += _sound_statements(work)
    outputs = _outputs(work, passing)
    return Step(
        name="measure-rates" if passing == 1 else "encode",
        program="ffmpeg",
        arguments=(*given, "-filter_complex", ";".join(statements), *outputs),
        weight=40 if passing == 1 else 100,
        seconds=work.seconds,
        needs=tuple(f"loudness{n}" for n in range(len(work.sounds))) if work.template.audio.loudness else (),
        writes=mark_texts(work),
    )


def _outputs(work: Work, passing: int) -> list[str]:
    given: list[str] = []
    threads = threads_for(work.template.video, work.machine.threads, len(work.sized))
    for number, one in enumerate(work.sized):
        log = f"{passing} /out/passes-{number}" if passing else ""
        given += ["-map", f"[v{number}]", "-fps_mode", "passthrough"]
        options = video_options(work.template.video, one, work.rate, threads, log)
        if passing == 1:
            given += [*options, "-f", "null", "-"]
        else:
            given += [*_sound_beside(work, number), *options, *_faststart(work), f"/out/{video_path(work, number)}"]
    if passing == 1 or (work.final and work.sized):
        return given
    for number in range(len(work.sounds)):
        options = audio_options(work.template.audio, _channels(work)[number : number + 1])
        given += ["-map", f"[a{number}]", *options, *_faststart(work)]
        given += [f"/out/{sound_path(work, number)}"]
    return given


def _sound_beside(work: Work, rendition: int) -> list[str]:
    """The sound inside an MP4, after the picture."""
    if not work.final:
        return []
    given: list[str] = []
    for number in range(len(work.sounds)):
        given += ["-map", f"[a{number}x{rendition}]"]
    return [*given, *audio_options(work.template.audio, _channels(work))] if work.sounds else []


def _channels(work: Work) -> list[int]:
    """How many each track comes with; films that follow are brought to what the template wants."""
    return [work.template.audio.channels if work.films else one.channels for one in work.sounds]


def _faststart(work: Work) -> list[str]:
    return ["-movflags", "+faststart"] if work.final else []


def _sound_statements(work: Work) -> list[str]:
    """From each track of the film to [a0], [a1] …; several MP4 need it several times."""
    origin, cut = work.origin, None if work.stretch.whole else work.stretch.seconds
    found: list[str] = []
    for number, one in enumerate(work.sounds):
        loud = f",{{loudness{number}}}" if work.template.audio.loudness else ""
        source = f"[heard{number}]" if work.films else f"[0:{one.index}]"
        chain = sound_chain(Fraction(0) if work.films else origin, None if work.films else cut)
        if work.final and work.sized:
            labels = "".join(f"[a{number}x{rendition}]" for rendition in range(len(work.sized)))
            found.append(f"{source}{chain}{loud},asplit={len(work.sized)}{labels}")
        else:
            found.append(f"{source}{chain}{loud}[a{number}]")
    return found


def _appended(work: Work) -> Sequence[str]:
    """Statements that append further films, brought to the first one's size and pace."""
    width, height = (side // 2 * 2 for side in work.shown)
    rate = f"{work.rate.numerator}/{work.rate.denominator}"
    fit = (
        f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1"
    )
    pieces, found = [], [f"[p0]{fit}[c0]"]
    sound = bool(work.sounds)
    if sound:
        found += _appended_sounds(work)
    pieces.append("[c0][h0]" if sound else "[c0]")
    for number in range(1, len(work.films) + 1):
        found.append(f"[{number}:v:0]setpts=PTS-STARTPTS,fps={rate}:start_time=0,format=yuv420p,{fit}[c{number}]")
        pieces.append(f"[c{number}][h{number}]" if sound else f"[c{number}]")
    ends = "[joined][heard0]" if sound else "[joined]"
    return [*found, f"{''.join(pieces)}concat=n={len(pieces)}:v=1:a={int(sound)}{ends}"]


def _appended_sounds(work: Work) -> list[str]:
    """Statements that give [h0], [h1] …, the sound of each film; silence for one that has none."""
    found = [f"[0:{work.sounds[0].index}]{sound_chain(work.origin, work.stretch.seconds)}[h0]"]
    for number, film in enumerate(work.films, 1):
        silence = f"anullsrc=r=48000:cl=stereo,atrim=end={float(film.seconds):.6f}"
        found.append(f"[{number}:a:0]{sound_chain(Fraction(0))}[h{number}]" if film.sound else f"{silence}[h{number}]")
    return found


def _fonts(work: Work) -> str:
    folder = work.machine.font.rpartition("/")[0]
    return f":fontsdir={folder}" if folder else ""


def measure_loudness(work: Work) -> tuple[Step, ...]:
    """The first of two passes of EBU R128, over each track, with the films that follow."""
    if not work.template.audio.loudness:
        return ()
    return tuple(_loudness(work, number) for number in range(len(work.sounds)))


def _loudness(work: Work, number: int) -> Step:
    wanted = f"loudnorm=I={work.template.audio.loudness}:TP=-1.5:LRA=11:print_format=json"
    given = ["-nostdin", "-hide_banner", "-v", "info", "-nostats", "-y", *work.film_input(), "-vn"]
    for film in work.films:
        given += [*safe_input(LIMITS), "-vn", "-i", f"/in/{film.name}"]
    if work.films:
        labels = "".join(f"[h{one}]" for one in range(len(work.films) + 1))
        graph = ";".join([*_appended_sounds(work), f"{labels}concat=n={len(work.films) + 1}:v=0:a=1,{wanted}"])
    else:
        chain = sound_chain(work.origin, None if work.stretch.whole else work.stretch.seconds)
        graph = f"[0:{work.sounds[number].index}]{chain},{wanted}"
    given += ["-filter_complex", graph, "-f", "null", "-"]
    return Step(f"measure-loudness-{number}", "ffmpeg", tuple(given), weight=5, measures=f"loudness{number}")
