"""Ladders, clips, subtitles and snapshots from uploaded videos: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="transcode",
    title=Named(zh="视频转码服务", en="Video transcoding"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter(
            "transcode.h264-720-minute",
            Named(zh="视频转码:H.264,短边 720 及以下", en="Transcoding: H.264, short edge up to 720"),
            Named(zh="输出分钟", en="output minute"),
        ),
        Meter(
            "transcode.h264-1080-minute",
            Named(zh="视频转码:H.264,短边 1080", en="Transcoding: H.264, short edge 1080"),
            Named(zh="输出分钟", en="output minute"),
        ),
        Meter(
            "transcode.h265-1080-minute",
            Named(zh="视频转码:H.265,短边 1080", en="Transcoding: H.265, short edge 1080"),
            Named(zh="输出分钟", en="output minute"),
        ),
    ),
    indicators=(
        Indicator(
            "availability",
            Named(zh="转码接口可用性(五分钟错误桶)", en="Transcoding availability (five-minute error buckets)"),
        ),
        Indicator("success", Named(zh="转码任务成功率", en="Transcoding task success")),
    ),
    objectives=(
        Objective(
            id="transcode-buckets",
            service="transcode",
            title=Named(zh="转码接口可用性(五分钟错误桶)", en="Transcoding availability (five-minute error buckets)"),
            indicator="availability",
            method="M2",
            target=Decimal("99.7"),
            ladder=(),
        ),
        Objective(
            id="transcode-success",
            service="transcode",
            title=Named(zh="转码任务成功率", en="Transcoding task success"),
            indicator="success",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)
