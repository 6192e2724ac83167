"""The addresses of monitoring's pages."""

from django.urls import path

from yunyue.doors.web.monitor.views import (
    alerts,
    boards,
    budget,
    dispute,
    findings,
    names,
    orders,
    places,
    status,
    target,
    wall,
)

app_name = "monitor"
urlpatterns = [
    path("monitor", wall.wall, name="wall"),
    path("monitor/course.svg/<path:order>", target.drawing, name="course"),
    path("monitor/picture/<int:at>/<path:order>", target.picture, name="picture"),
    path("monitor/target/<path:order>", target.target, name="target"),
    path("monitor/budget", budget.budgets, name="budgets"),
    path("monitor/budget/<str:objective>", budget.burn, name="budget"),
    path("monitor/dispute", dispute.dispute, name="dispute"),
    path("monitor/findings", findings.findings, name="findings"),
    path("monitor/findings/<str:finding>", findings.judge, name="judge"),
    path("monitor/alerts", alerts.alerts, name="alerts"),
    path("monitor/alerts/<int:number>", alerts.acknowledge, name="acknowledge"),
    path("monitor/maintenance", places.maintenance, name="maintenance"),
    path("monitor/points", places.points, name="points"),
    path("monitor/names", names.names, name="names"),
    path("monitor/names/look", names.look, name="names-look"),
    path("monitor/boards", boards.boards, name="boards"),
    path("monitor/boards/<str:name>", boards.board, name="board"),
    path("monitor/boards/<str:name>/export", boards.export, name="board-export"),
    path("monitor/boards/<str:name>/drop", boards.drop, name="board-drop"),
    path("monitoring", orders.targets_page, name="targets"),
    path("monitoring/order", orders.order, name="order"),
    path("monitoring/approve/<path:order>", orders.approval, name="approve"),
    path("monitoring/latency/<path:order>", orders.latency, name="latency"),
    path("monitor/status", status.pages, name="status-pages"),
    path("monitor/status/<str:slug>/close", status.close, name="status-close"),
    path("status/<str:slug>", status.shown, name="status"),
]
