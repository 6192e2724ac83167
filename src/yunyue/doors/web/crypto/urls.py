"""The addresses of the pages."""

from django.urls import path

from yunyue.doors.web.crypto.views import acts, keys, selfchecks

app_name = "crypto"
urlpatterns = [
    path("", keys.keys, name="keys"),
    path("keys.xlsx", keys.export, name="keys-export"),
    path("certificates", keys.certificates, name="certificates"),
    path("calls", keys.calls_a_second, name="calls"),
    path("cbom.json", keys.bill, name="cbom"),
    path("act", acts.act_on_key, name="act"),
    path("wishes/<int:number>", acts.decision, name="decision"),
    path("selfcheck", selfchecks.listed, name="selfcheck"),
    path("selfcheck/<int:number>", selfchecks.shown, name="report"),
    path("selfcheck/<int:number>.<slug:form>", selfchecks.file, name="report-file"),
]
