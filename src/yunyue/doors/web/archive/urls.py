"""The addresses of the archive and of papers."""

from django.urls import path

from yunyue.doors.web.archive.views import index, papers

app_name = "archive"
urlpatterns = [
    path("", index.index, name="archive"),
    path("verify", papers.verification, name="verify"),
    path("papers", papers.papers, name="papers"),
    path("papers/<slug:code>.<slug:form>", papers.paper, name="paper"),
]
