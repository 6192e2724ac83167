"""The console's own files: style sheets, scripts and what they are built on, served with the right to be kept."""

import os
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC: Final = Path(__file__).parents[1] / "web" / "static"
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "public, no-cache"


class Files(StaticFiles):
    """A file whose address names its version (vendor/…-1.2.3/, or ?v=digest) is kept for ever, another is asked for."""

    def __init__(self) -> None:
        """Over the console's folder."""
        super().__init__(directory=STATIC)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, with how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        versioned = b"v=" in scope["query_string"] or Path(full_path).is_relative_to(STATIC / "vendor")
        response.headers["Cache-Control"] = FOR_EVER if versioned else ASK_AGAIN
        return response
