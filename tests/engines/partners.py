"""What each page of the console is for a terminal and for a program: its command and its operation, or why it has none.

A new page needs its line here. Pages that begin with "none: " have no partner, and say why.
"""

from typing import Final, NamedTuple


class Partner(NamedTuple):
    """A command of `yunyue` (or why there is none), and an operation as OpenAPI or the door for films names it."""

    command: str
    operation: str


BROWSER: Final = "none: proves who sits at a browser, or what that browser shows"
THIRD: Final = "none: a third party has a token and no terminal of this machine"
SECOND: Final = "none: at a terminal the operator answers for accounts; the second person agrees at another door"
LIVE: Final = "none: a picture or a part of a page; its numbers are those of the page around it"
CONTRACT: Final = "/contracts/{contract}"
MONITOR: Final = f"{CONTRACT}/monitor"
CRYPTO: Final = f"{CONTRACT}/crypto"
PROJECT: Final = f"{CONTRACT}/containers/{{project}}"
OBJECT: Final = f"{PROJECT}/objects/{{kind}}/{{name}}"
FILMS: Final = "/transcode/v1/{contract}"

ALONE: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "accounts:login", "accounts:logout", "accounts:language", "accounts:password", "account_login",
            "account_logout", "account_reauthenticate", "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp",
            "mfa_list_webauthn", "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
            "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "socialaccount_connections",
            "openid_connect_login", "openid_connect_callback", "socialaccount_login_error",
            "socialaccount_login_cancelled", "access:enter", "console:theme", "tables:save", "tables:forget",
        ),
        BROWSER,
    ),
    **dict.fromkeys(
        ("console:sla", "monitor:latency", "monitor:course", "monitor:picture", "containers:use", "crypto:calls"), LIVE
    ),
    "archive:verify": "none: a paper's QR code leads there; a terminal checks a whole bundle with `verify`",
}  # fmt: skip
"""Pages without a partner, and why."""

PARTNERS: Final[dict[str, Partner]] = {
    "accounts:sessions": Partner("account sessions", "GET /sessions"),
    "accounts:end-session": Partner("account sessions", "DELETE /sessions/{number}"),
    "accounts:accounts": Partner("account list", "GET /accounts"),
    "accounts:open": Partner("account add", "POST /accounts"),
    "accounts:disable": Partner("account disable", "POST /accounts/{number}/disabling"),
    "accounts:reset": Partner("account reset", "POST /accounts/{number}/reset"),
    "accounts:approvals": Partner("account list", "GET /accounts"),
    "accounts:approve": Partner(SECOND, "POST /accounts/{number}/approval"),
    "accounts:tokens": Partner("token list", "GET /tokens"),
    "accounts:make-token": Partner("token make", "POST /tokens"),
    "accounts:revoke-token": Partner("token revoke", "DELETE /tokens/{number}"),
    **dict.fromkeys(("access:records", "access:export"), Partner("access search", "GET /access")),
    "access:audit": Partner("access state", "GET /access/state"),
    "access:proof": Partner("access prove", "GET /access/{position}"),
    "access:check": Partner("access check", "GET /access/faults"),
    "access:security": Partner("account list", "GET /installation/grants"),
    "access:system": Partner("doctor", "GET /installation/state"),
    "access:evidence": Partner("fact list", f"GET {CONTRACT}/facts"),
    "access:evidence-fact": Partner("fact show", "GET /facts/{identifier}"),
    "access:comment": Partner(THIRD, f"POST {CONTRACT}/comments"),
    "console:overview": Partner("settle", f"GET {CONTRACT}/statement"),
    "console:today": Partner("proposal list", f"GET {CONTRACT}/today"),
    "console:wall": Partner("settle", f"GET {CONTRACT}/statement"),
    "console:statement": Partner("settle", f"GET {CONTRACT}/statement"),
    "console:statement-export": Partner("settle", f"GET {CONTRACT}/statement"),
    "console:why": Partner("why", f"GET {CONTRACT}/why/{{finding}}"),
    "console:journal": Partner("fact list", f"GET {CONTRACT}/facts"),
    "console:journal-export": Partner("fact list", f"GET {CONTRACT}/facts"),
    "console:verify": Partner("fact show", "GET /facts/{identifier}"),
    "console:fact": Partner("fact show", "GET /facts/{identifier}"),
    "console:kinds": Partner("fact types", f"POST {CONTRACT}/proposals"),
    "console:record": Partner("proposal make", f"POST {CONTRACT}/proposals"),
    "console:document": Partner("fact document", "GET /documents/{digest}"),
    "console:proposals": Partner("proposal list", f"GET {CONTRACT}/proposals"),
    "console:proposal": Partner("proposal show", f"GET {CONTRACT}/proposals/{{identifier}}"),
    "console:decision": Partner("proposal decide", f"POST {CONTRACT}/proposals/{{identifier}}/decision"),
    "console:payments": Partner("settle", f"GET {CONTRACT}/statement"),
    **dict.fromkeys(
        ("console:acceptance", "console:rectifications", "console:dealings", "console:exclusions"),
        Partner("register", f"GET {CONTRACT}/registers/{{name}}"),
    ),
    "console:staff": Partner("register", f"GET {CONTRACT}/registers/staff"),
    "orders:orders": Partner("order list", f"GET {CONTRACT}/orders"),
    "orders:left": Partner("order left", f"GET {CONTRACT}/budget"),
    "orders:new": Partner("order place", f"POST {CONTRACT}/orders"),
    "orders:focus-csv": Partner("order focus", f"GET {CONTRACT}/focus.csv"),
    "orders:focus-parquet": Partner("order focus", f"GET {CONTRACT}/focus.parquet"),
    "orders:approve": Partner("order approve", f"POST {CONTRACT}/orders/{{order}}/approval"),
    "orders:provide": Partner("order provide", f"POST {CONTRACT}/orders/{{order}}/provision"),
    "orders:change": Partner("order change", f"POST {CONTRACT}/orders/{{order}}/changes"),
    "orders:agree": Partner("order agree", f"POST {CONTRACT}/changes/{{change}}/approval"),
    "orders:end": Partner("order end", f"POST {CONTRACT}/orders/{{order}}/end"),
    "orders:order": Partner("order show", f"GET {CONTRACT}/orders/{{order}}"),
    "tickets:tickets": Partner("ticket list", f"GET {CONTRACT}/tickets"),
    "tickets:new": Partner("ticket open", f"POST {CONTRACT}/tickets"),
    "tickets:step": Partner("ticket step", f"POST {CONTRACT}/tickets/{{ticket}}/steps"),
    "tickets:ticket": Partner("ticket show", f"GET {CONTRACT}/tickets/{{ticket}}"),
    "tickets:incidents": Partner("incident list", f"GET {CONTRACT}/registers/{{name}}"),
    "tickets:incident": Partner("incident note", f"POST {CONTRACT}/incidents/{{incident}}/course"),
    "scores:scores": Partner("score list", f"GET {CONTRACT}/registers/{{name}}"),
    "scores:new": Partner("score give", f"POST {CONTRACT}/scores"),
    "scores:template": Partner("score template", f"POST {CONTRACT}/score-templates"),
    "archive:archive": Partner("archive list", f"GET {CONTRACT}/archive"),
    "archive:papers": Partner("paper list", "GET /papers"),
    "archive:paper": Partner("paper write", f"GET {CONTRACT}/papers/{{code}}.{{form}}"),
    "monitor:targets": Partner("monitor targets", f"GET {MONITOR}/targets"),
    "monitor:order": Partner("order place", f"POST {CONTRACT}/orders"),
    "monitor:approve": Partner("order approve", f"POST {CONTRACT}/orders/{{order}}/approval"),
    "monitor:names": Partner("monitor name", f"GET {MONITOR}/names/{{name}}"),
    "monitor:names-look": Partner("monitor name", f"POST {MONITOR}/names/{{name}}/proof"),
    "monitor:wall": Partner("monitor targets", f"GET {MONITOR}/targets"),
    "monitor:target": Partner("monitor results", f"GET {MONITOR}/results/{{order}}"),
    "monitor:budgets": Partner("monitor budget", f"GET {MONITOR}/budgets/{{objective}}"),
    "monitor:budget": Partner("monitor budget", f"GET {MONITOR}/budgets/{{objective}}"),
    "monitor:dispute": Partner("monitor dispute", f"GET {MONITOR}/dispute/{{objective}}/{{order}}"),
    "monitor:findings": Partner("monitor findings", f"GET {MONITOR}/findings"),
    "monitor:judge": Partner("monitor judge", f"POST {MONITOR}/findings/{{finding}}/judgement"),
    "monitor:alerts": Partner("monitor alerts", f"GET {MONITOR}/alerts"),
    "monitor:acknowledge": Partner("monitor ack", f"POST {MONITOR}/alerts/{{number}}/acknowledgement"),
    "monitor:maintenance": Partner("monitor maintenance", f"GET {MONITOR}/maintenance"),
    "monitor:points": Partner("monitor points list", f"GET {MONITOR}/points"),
    "monitor:boards": Partner("monitor board list", f"GET {MONITOR}/boards"),
    "monitor:board": Partner("monitor board import", f"PUT {MONITOR}/boards/{{name}}"),
    "monitor:board-export": Partner("monitor board export", f"GET {MONITOR}/boards"),
    "monitor:board-drop": Partner("monitor board delete", f"DELETE {MONITOR}/boards/{{name}}"),
    "monitor:status-pages": Partner("monitor status open", f"PUT {MONITOR}/status/{{slug}}"),
    "monitor:status-close": Partner("monitor status close", f"DELETE {MONITOR}/status/{{slug}}"),
    "monitor:status": Partner("monitor targets", f"GET {MONITOR}/targets"),
    "containers:projects": Partner("containers projects", f"GET {CONTRACT}/containers"),
    "containers:project": Partner("containers get", f"GET {PROJECT}/objects"),
    "containers:images": Partner("containers images", f"GET {PROJECT}/images"),
    "containers:bill": Partner("containers sbom", f"GET {PROJECT}/bill"),
    "containers:rules": Partner("containers image-rules", f"PUT {PROJECT}/image-rules"),
    "containers:image": Partner("containers images", f"GET {PROJECT}/images"),
    "containers:sign": Partner("containers sign", f"POST {PROJECT}/signatures"),
    "containers:members": Partner("containers members list", f"GET {PROJECT}/members"),
    "containers:role": Partner("containers members set", f"PUT {PROJECT}/members/{{person}}"),
    "containers:tokens": Partner("containers push-token list", f"GET {PROJECT}/push-tokens"),
    "containers:make-token": Partner("containers push-token make", f"POST {PROJECT}/push-tokens"),
    "containers:revoke-token": Partner("containers push-token revoke", f"DELETE {PROJECT}/push-tokens/{{name}}"),
    "containers:edit": Partner("containers apply", f"POST {PROJECT}/apply"),
    "containers:delete": Partner("containers delete", f"DELETE {OBJECT}"),
    "containers:replica": Partner("containers logs", f"GET {PROJECT}/logs/{{replica}}"),
    "containers:run": Partner("containers exec", f"POST {PROJECT}/replicas/{{replica}}/exec"),
    "containers:workload": Partner("containers rollout status", f"GET {PROJECT}/rollouts/{{kind}}/{{name}}"),
    "containers:scale": Partner("containers scale", f"POST {OBJECT}/scale"),
    "containers:undo": Partner("containers rollout undo", f"POST {OBJECT}/undo"),
    "crypto:keys": Partner("crypto keys", f"GET {CRYPTO}/keys"),
    "crypto:keys-export": Partner("crypto keys", f"GET {CRYPTO}/keys"),
    "crypto:certificates": Partner("crypto keys", f"GET {CRYPTO}/certificates"),
    "crypto:cbom": Partner("crypto cbom", f"GET {CRYPTO}/cbom"),
    "crypto:act": Partner("crypto key create", f"POST {CRYPTO}/acts"),
    "crypto:decision": Partner("crypto key delete", f"POST {CRYPTO}/wishes/{{number}}/decision"),
    "crypto:selfcheck": Partner("crypto selfcheck", f"POST {CRYPTO}/selfchecks"),
    "crypto:report": Partner("crypto selfcheck", f"GET {CRYPTO}/selfchecks/{{number}}"),
    "crypto:report-file": Partner("crypto selfcheck", f"GET {CRYPTO}/selfchecks/{{number}}"),
    "transcode:jobs": Partner("transcode jobs", f"GET {FILMS}/jobs"),
    "transcode:jobs-export": Partner("transcode jobs", f"GET {FILMS}/jobs"),
    "transcode:new": Partner("transcode run", f"POST {FILMS}/jobs"),
    "transcode:job": Partner("transcode result", f"GET {FILMS}/jobs/{{job}}"),
    "transcode:cancel": Partner("transcode cancel", f"DELETE {FILMS}/jobs/{{job}}"),
    "transcode:quality": Partner("transcode result", f"GET {FILMS}/jobs/{{job}}/result"),
    "transcode:callbacks": Partner("transcode callbacks", f"GET {FILMS}/callbacks"),
    "transcode:callback-secret": Partner("transcode callbacks", f"POST {FILMS}/callbacks/secret"),
    "transcode:templates": Partner("transcode templates", f"GET {FILMS}/templates"),
    "transcode:edit": Partner("transcode template keep", f"POST {FILMS}/templates"),
    "transcode:retire": Partner("transcode template retire", f"DELETE {FILMS}/templates/{{name}}"),
    "transcode:template": Partner("transcode templates", f"GET {FILMS}/templates/{{name}}"),
    "api-1:openapi-json": Partner("fact types", "GET /catalogue"),
    "api-1:api-root": Partner("fact types", "GET /catalogue"),
}
"""By the name of the page."""
