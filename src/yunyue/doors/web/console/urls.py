"""The addresses of the pages."""

from django.urls import path

from yunyue.doors.web.console.views import (
    dealings,
    deciding,
    exports,
    journal,
    overview,
    recording,
    registers,
    statement,
    theme,
    today,
    wall,
)

app_name = "console"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("theme", theme.theme, name="theme"),
    path("today", today.today, name="today"),
    path("wall", wall.display, name="wall"),
    path("overview/sla", overview.sla, name="sla"),
    path("statement", statement.statement, name="statement"),
    path("statement.xlsx", exports.statement, name="statement-export"),
    path("statement/<slug:kind>/<path:finding>", statement.why, name="why"),
    path("journal", journal.journal, name="journal"),
    path("journal.xlsx", exports.facts, name="journal-export"),
    path("journal/fact/<path:identifier>/verify", journal.verification, name="verify"),
    path("journal/fact/<path:identifier>", journal.fact, name="fact"),
    path("record", recording.kinds, name="kinds"),
    path("record/<str:kind>", recording.recording, name="record"),
    path("document/<str:digest>", recording.document, name="document"),
    path("proposals", deciding.every, name="proposals"),
    path("proposals/<str:identifier>", deciding.proposal, name="proposal"),
    path("proposals/<str:identifier>/decision", deciding.decision, name="decision"),
    path("payments", registers.payments, name="payments"),
    path("acceptance", registers.acceptance, name="acceptance"),
    path("rectifications", registers.rectification, name="rectifications"),
    path("staff", registers.staff, name="staff"),
    path("dealings", dealings.dealings, name="dealings"),
    path("exclusions", registers.exclusion, name="exclusions"),
]
