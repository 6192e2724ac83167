"""Every address of the console."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("yunyue.doors.web.accounts.urls")),
    path("", include("yunyue.doors.web.console.urls")),
]
