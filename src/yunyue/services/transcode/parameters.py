"""What an order of transcoding states."""

from typing import Annotated

import msgspec


class TranscodeOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A department's place in the queue."""

    at_once: Annotated[
        int, msgspec.Meta(ge=1, le=64, title="并行任务数", description="Jobs of the department that may run at once")
    ] = 2
    reuse: Annotated[
        bool,
        msgspec.Meta(title="复用结果", description="Answer the same film and template from an earlier result, free"),
    ] = False
    expires_days: Annotated[
        int, msgspec.Meta(ge=0, le=3650, title="结果保留天数", description="Days results are kept; 0: for ever")
    ] = 30
    callback: Annotated[
        str,
        msgspec.Meta(
            max_length=1000,
            pattern=r"^(https?://\S+)?$(?!\n)",
            title="回调地址",
            description="Where a CloudEvents message is posted when a job has ended; empty: nowhere",
        ),
    ] = ""
