"""Documents handed in with a form: what they are is seen from their bytes, their names count for nothing."""

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one document. Scans of signed papers are below 10 MB."""

MARKS: Final = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"PK\x03\x04", "application/zip", "zip"),
)
"""How the kinds that are taken begin: PDF, PNG, JPEG, and DOCX, XLSX and OFD, which are ZIP files."""


def keep(file: "UploadedFile[Any]", field: str) -> str | Refused:
    """The digest a document now lies under. Refused: empty, too large, of a kind that is not taken."""
    size = file.size or 0
    if size == 0:
        return Refused(_("the document is empty"), field)
    if size > LARGEST:
        words = _("the document has %(size)s MB; at most %(most)s MB are taken")
        return Refused(words % {"size": -(-size // 2**20), "most": LARGEST // 2**20}, field)
    content = file.read()
    if kind_of(content) is None:
        return Refused(_("documents are PDF, PNG, JPEG, DOCX, XLSX or OFD"), field)
    return office().kernel.objects.put(content)


def kind_of(content: bytes) -> tuple[str, str] | None:
    """Media type and ending of a document, from its first bytes; None for a kind that is not taken."""
    return next(((media, ending) for mark, media, ending in MARKS if content.startswith(mark)), None)
