"""Every address of the console."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("yunyue.doors.web.accounts.urls")),
    path("accounts/", include("yunyue.doors.web.accounts.factor_urls")),
    path("", include("yunyue.doors.web.access.urls")),
    path("api/v1/", include("yunyue.doors.api.urls", namespace="api-1")),
    path("orders/", include("yunyue.doors.web.orders.urls")),
    path("tickets/", include("yunyue.doors.web.tickets.urls")),
    path("scores/", include("yunyue.doors.web.scores.urls")),
    path("archive/", include("yunyue.doors.web.archive.urls")),
    path("tables/", include("yunyue.doors.web.tables.urls")),
    path("containers/", include("yunyue.doors.web.containers.urls")),
    path("crypto/", include("yunyue.doors.web.crypto.urls")),
    path("films/", include("yunyue.doors.web.transcode.urls")),
    path("", include("yunyue.doors.web.monitor.urls")),
    path("", include("yunyue.doors.web.console.urls")),
]
