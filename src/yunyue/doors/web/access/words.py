"""What kinds and outcomes of access records are called on pages."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

KINDS: Final[dict[str, Any]] = {
    "login": _("Coming in"),
    "evidence": _("Evidence"),
    "staff": _("Staff files"),
    "papers": _("Documents"),
    "personal": _("Personal data and accounts"),
    "access": _("Access records"),
    "business": _("Business"),
}
OUTCOMES: Final[dict[str, Any]] = {"granted": _("Let through"), "refused": _("Turned away"), "failed": _("Failed")}
