"""Filling in the console's forms as a person does: open, fill in, hand documents in, send."""

import re
from typing import Any

from console_cast import text
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

ASK = "?contract=beijing-2024"
AT = "2024-10-19T10:00:00"
PDF = b"%PDF-1.7 an invoice"


def paper(content: bytes = PDF, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def form_of(client: Client, address: str) -> str:
    """The ticket of the form at an address."""
    found = re.search(r'name="form" value="([^"]+)"', text(client.get(address)))
    assert found is not None
    return found[1]


def sent(client: Client, kind: str, step: str = "record", **values: Any) -> tuple[int, str]:
    """Fill a fresh form in and send it: the status, and the page or where it leads."""
    address = f"/record/{kind}{ASK}"
    given = {"form": form_of(client, address), "at": AT, "step": step, **values}
    answer = client.post(address, given)
    return answer.status_code, answer.get("Location") or text(answer)
