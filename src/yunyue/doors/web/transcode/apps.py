"""The pages of transcoding as a Django application; it keeps nothing of its own."""

from django.apps import AppConfig


class TranscodeConfig(AppConfig):
    """Films: jobs, templates, results."""

    name = "yunyue.doors.web.transcode"
    label = "transcode"
