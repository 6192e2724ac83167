"""The refusals of the whole platform in Chinese: the rooms say them in English, the doors to people turn them round."""

from yunyue.doors.phrases.book import PHRASES, chinese

__all__ = ["PHRASES", "chinese"]
