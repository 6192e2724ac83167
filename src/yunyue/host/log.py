"""What the platform says about itself: one line per event, for a person or for a machine, never a secret.

Whatever is logged under a name that smells of a secret or of a document is blotted out, at any depth.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from yunyue.host.settings import Settings

SECRET: Final = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|session|csrf|credential|private|api_?key|^key$|payload|content|body",
    re.IGNORECASE,
)
BLOTTED: Final = "[not logged]"
CREDENTIALS: Final = re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)")
"""User and password inside an address, as in postgresql://user:password@host/."""


def configure(settings: Settings) -> None:
    """Send everything, the libraries' own lines too, to standard error in the chosen format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_last(settings.log_format))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for chatty in ("uvicorn.access", "aiosqlite", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@contextmanager
def aside() -> Iterator[None]:
    """What is logged meanwhile goes to standard error, for a command whose answer goes to standard output."""
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        yield
    finally:
        structlog.configure(**before)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that takes an event and its values: log.info("job.began", job=id)."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def blot(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Blot out secrets: values under a telling name, and credentials inside addresses. Uvicorn's second text goes."""
    return {name: _blotted(name, value) for name, value in event.items() if name != "color_message"}


def _last(shape: str) -> list[Processor]:
    drop_internals: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if shape == "json":
        return [
            drop_internals,
            # Never the locals of a frame: a password may be among them.
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            blot,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    plain = structlog.dev.plain_traceback
    return [drop_internals, blot, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _blotted(name: object, value: Any) -> Any:
    if isinstance(name, str) and SECRET.search(name):
        return BLOTTED
    match value:
        case str():
            return CREDENTIALS.sub("…:…", value)
        case Mapping():
            return {inner: _blotted(inner, held) for inner, held in value.items()}
        case list() | tuple():
            return [_blotted("", held) for held in value]
        case _:
            return value
