"""The pages of containers as a Django application; it keeps nothing of its own."""

from django.apps import AppConfig


class ContainersConfig(AppConfig):
    """Projects, workloads, logs."""

    name = "yunyue.doors.web.containers"
    label = "containers"
