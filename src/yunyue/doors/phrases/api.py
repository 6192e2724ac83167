"""Why the API did not understand a request."""

from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says("the API does not take this: {why}", "接口不接受此内容：{why}", why="Input should be a valid decimal"),
)
