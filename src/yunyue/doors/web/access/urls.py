"""Where the installation is watched over."""

from django.urls import path

from yunyue.doors.web.access.views import audit, evidence, records, security, system

app_name = "access"
urlpatterns = [
    path("access", records.records, name="records"),
    path("access.xlsx", records.export, name="export"),
    path("access/<int:position>", records.proof, name="proof"),
    path("audit", audit.audit, name="audit"),
    path("audit/check", audit.checking, name="check"),
    path("security", security.security, name="security"),
    path("system", system.system, name="system"),
    path("evidence", evidence.evidence, name="evidence"),
    path("evidence/enter", evidence.entering, name="enter"),
    path("evidence/comment", evidence.commenting, name="comment"),
    path("evidence/fact/<path:identifier>", evidence.fact, name="evidence-fact"),
]
