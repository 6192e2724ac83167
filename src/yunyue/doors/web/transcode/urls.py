"""The addresses of the pages."""

from django.urls import path

from yunyue.doors.web.transcode.views import callbacks, handing, job, jobs, templates

app_name = "transcode"
urlpatterns = [
    path("", jobs.listed, name="jobs"),
    path("jobs.xlsx", jobs.export, name="jobs-export"),
    path("new", handing.new, name="new"),
    path("jobs/<str:name>", job.shown, name="job"),
    path("jobs/<str:name>/cancel", job.cancel, name="cancel"),
    path("jobs/<str:name>/quality/<str:stream>/<slug:what>", job.quality, name="quality"),
    path("callbacks", callbacks.listed, name="callbacks"),
    path("callbacks/secret", callbacks.secret, name="callback-secret"),
    path("templates", templates.listed, name="templates"),
    path("templates/edit", templates.edit, name="edit"),
    path("templates/<str:name>/retire", templates.retire, name="retire"),
    path("templates/<str:name>", templates.shown, name="template"),
]
