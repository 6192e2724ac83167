"""The addresses of tickets and incidents."""

from django.urls import path

from yunyue.doors.web.tickets.views import incidents, queue, working

app_name = "tickets"
urlpatterns = [
    path("", queue.queue, name="tickets"),
    path("new", working.new, name="new"),
    path("incidents", incidents.incidents, name="incidents"),
    path("incident/<path:name>", incidents.incident, name="incident"),
    path("step/<path:name>", working.step, name="step"),
    path("ticket/<path:name>", queue.ticket, name="ticket"),
]
