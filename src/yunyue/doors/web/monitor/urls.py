"""The addresses of monitoring's pages."""

from django.urls import path

from yunyue.doors.web.monitor.views import alerts, boards, budget, dispute, findings, places, status, target, wall

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
    path("monitor/boards", boards.boards, name="boards"),
    path("monitor/boards/<str:name>", boards.board, name="board"),
    path("monitor/boards/<str:name>/export", boards.export, name="board-export"),
    path("monitor/boards/<str:name>/drop", boards.drop, name="board-drop"),
    path("monitor/status", status.pages, name="status-pages"),
    path("monitor/status/<str:slug>/close", status.close, name="status-close"),
    path("status/<str:slug>", status.shown, name="status"),
]
