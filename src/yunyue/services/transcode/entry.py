"""What the catalogue says of transcoding."""

from decimal import Decimal
from typing import Final

from yunyue.catalog import Action, Entry, Indicator
from yunyue.contract.terms import Method, Named, Objective
from yunyue.services.transcode.jobs.ending import SUCCESS, TURNAROUND
from yunyue.services.transcode.meters import METERS
from yunyue.services.transcode.parameters import TranscodeOrder

AVAILABILITY: Final = "availability"
_AVAILABLE = Named(zh="转码接口可用性（五分钟错误桶）", en="Transcoding availability (five-minute error buckets)")
_SUCCEEDED = Named(zh="转码任务成功率", en="Transcoding task success")
_IN_TIME = Named(zh="转码按时完成率", en="Transcoding jobs done in time")


def _objective(identifier: str, title: Named, indicator: str, rule: tuple[Method, str]) -> Objective:
    """Without a ladder: what a miss costs is the contract's to say (A15)."""
    method, target = rule
    return Objective(
        id=identifier,
        service="transcode",
        title=title,
        indicator=indicator,
        method=method,
        target=Decimal(target),
        ladder=(),
    )


ENTRY = Entry(
    code="transcode",
    title=Named(zh="视频转码服务", en="Video transcoding"),
    parameters=TranscodeOrder,
    actions=(
        Action("pause", Named(zh="暂停接收任务", en="Take no more jobs")),
        Action("resume", Named(zh="恢复接收任务", en="Take jobs again")),
    ),
    meters=METERS,
    indicators=(
        Indicator(AVAILABILITY, _AVAILABLE),
        Indicator(SUCCESS, _SUCCEEDED),
        Indicator(TURNAROUND, _IN_TIME),
    ),
    objectives=(
        _objective("transcode-buckets", _AVAILABLE, AVAILABILITY, ("M2", "99.7")),
        _objective("transcode-success", _SUCCEEDED, SUCCESS, ("M6", "99")),
        _objective("transcode-turnaround", _IN_TIME, TURNAROUND, ("M6", "95")),
    ),
)
