"""Every address of the console."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("yunyue.doors.web.accounts.urls")),
    path("accounts/", include("yunyue.doors.web.accounts.factor_urls")),
    path("", include("yunyue.doors.web.access.urls")),
    path("api/v1/", include("yunyue.doors.api.urls", namespace="api-1")),
    path("tables/", include("yunyue.doors.web.tables.urls")),
    path("", include("yunyue.doors.web.console.urls")),
]
