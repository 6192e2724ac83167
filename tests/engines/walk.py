"""Every page and every operation of the doors, one line each: its name, an address of it, and who may see it.

A new page or operation needs its line here: the tests that walk all roles, all tenants and visitors without an account
fail on one that is not listed. Addresses name objects of the contract year, those of the department "dept-1".
"""

from typing import Final, NamedTuple

from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE
from yunyue.doors.web.accounts.roles import (
    ACCOUNT_CHECKERS,
    APPROVERS,
    AUDITORS,
    BUSINESS,
    CONTRACT_READERS,
    EVIDENCE_READERS,
    OPENERS,
    ORDERERS,
    SERVICE_READERS,
    STAFF_READERS,
    STATUS_KEEPERS,
    THIRD_PARTIES,
    Role,
)
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.crypto.roles import CHECKERS, DESTROYERS, KEY_READERS, SAVERS
from yunyue.doors.web.transcode.roles import CANCELLERS, HANDERS, JOB_READERS


class Way(NamedTuple):
    """An address of a page or operation, and who gets through: ANYONE, ANY_ACCOUNT, or a set of roles."""

    address: str
    who: str | frozenset[Role]


CONTRACT: Final = "beijing-2024"
PROVIDERS: Final = APPROVERS | {Role.ENGINEER, Role.SERVICE_MANAGER}
ENDERS: Final = frozenset({Role.CLIENT_MANAGER})
SCORERS: Final = frozenset({Role.CLIENT_MANAGER})
ASKERS: Final = frozenset({Role.CLIENT_MANAGER, Role.TENANT_USER})
ASK: Final = f"?contract={CONTRACT}"
NO_PROPOSAL: Final = "no-such-proposal"
NO_DOCUMENT: Final = "sha256:" + "ab" * 32

PAGES: Final[dict[str, Way]] = {
    "accounts:login": Way("/accounts/login", ANYONE),
    "accounts:logout": Way("/accounts/logout", ANYONE),
    "accounts:language": Way("/accounts/language", ANYONE),
    "accounts:password": Way("/accounts/password", ANY_ACCOUNT),
    "accounts:sessions": Way("/accounts/sessions", ANY_ACCOUNT),
    "accounts:end-session": Way("/accounts/sessions/1/end", ANY_ACCOUNT),
    "accounts:accounts": Way("/accounts/all", OPENERS),
    "accounts:open": Way("/accounts/open", OPENERS),
    "accounts:disable": Way("/accounts/1/disable", OPENERS),
    "accounts:reset": Way("/accounts/1/reset", OPENERS),
    "accounts:approvals": Way("/accounts/approvals", ACCOUNT_CHECKERS),
    "accounts:approve": Way("/accounts/1/approve", ACCOUNT_CHECKERS),
    "accounts:tokens": Way("/accounts/tokens", ANY_ACCOUNT),
    "accounts:make-token": Way("/accounts/tokens/make", ANY_ACCOUNT),
    "accounts:revoke-token": Way("/accounts/tokens/1/revoke", ANY_ACCOUNT),
    "account_login": Way("/accounts/login", ANYONE),
    "account_logout": Way("/accounts/logout", ANYONE),
    "account_reauthenticate": Way("/accounts/prove", ANY_ACCOUNT),
    "mfa_authenticate": Way("/accounts/login/code", ANYONE),
    "mfa_login_webauthn": Way("/accounts/login/passkey", ANYONE),
    "mfa_reauthenticate": Way("/accounts/prove/code", ANY_ACCOUNT),
    "mfa_reauthenticate_webauthn": Way("/accounts/prove/passkey", ANY_ACCOUNT),
    "mfa_index": Way("/accounts/security", ANY_ACCOUNT),
    "mfa_activate_totp": Way("/accounts/security/app", ANY_ACCOUNT),
    "mfa_deactivate_totp": Way("/accounts/security/app/remove", ANY_ACCOUNT),
    "mfa_list_webauthn": Way("/accounts/security/keys", ANY_ACCOUNT),
    "mfa_add_webauthn": Way("/accounts/security/keys/add", ANY_ACCOUNT),
    "mfa_remove_webauthn": Way("/accounts/security/keys/1/remove", ANY_ACCOUNT),
    "mfa_edit_webauthn": Way("/accounts/security/keys/1/rename", ANY_ACCOUNT),
    "mfa_view_recovery_codes": Way("/accounts/security/codes", ANY_ACCOUNT),
    "mfa_generate_recovery_codes": Way("/accounts/security/codes/renew", ANY_ACCOUNT),
    "socialaccount_connections": Way("/accounts/security/identities", ANY_ACCOUNT),
    "openid_connect_login": Way("/accounts/oidc/login", ANYONE),
    "openid_connect_callback": Way("/accounts/oidc/callback", ANYONE),
    "socialaccount_login_error": Way("/accounts/login/refused", ANYONE),
    "socialaccount_login_cancelled": Way("/accounts/login/cancelled", ANYONE),
    "access:records": Way("/access", AUDITORS),
    "access:export": Way("/access.xlsx", AUDITORS),
    "access:proof": Way("/access/0", AUDITORS),
    "access:audit": Way("/audit", AUDITORS),
    "access:check": Way("/audit/check", AUDITORS),
    "access:security": Way("/security", ACCOUNT_CHECKERS),
    "access:system": Way("/system", OPENERS),
    "access:evidence": Way("/evidence", EVIDENCE_READERS),
    "access:enter": Way("/evidence/enter", ANYONE),
    "access:comment": Way("/evidence/comment", THIRD_PARTIES),
    "access:evidence-fact": Way("/evidence/fact/order-1-placed", EVIDENCE_READERS),
    "api-1:openapi-json": Way("/api/v1/openapi.json", ANY_ACCOUNT),
    "api-1:api-root": Way("/api/v1/", ANY_ACCOUNT),
    "console:overview": Way("/", SERVICE_READERS),
    "console:theme": Way("/theme", ANYONE),
    "console:today": Way("/today", ANY_ACCOUNT),
    "console:wall": Way("/wall", CONTRACT_READERS),
    "console:sla": Way("/overview/sla", CONTRACT_READERS),
    "console:statement": Way("/statement", CONTRACT_READERS),
    "console:statement-export": Way("/statement.xlsx", CONTRACT_READERS),
    "console:why": Way("/statement/line/instalment-1", CONTRACT_READERS),
    "console:journal": Way("/journal", CONTRACT_READERS),
    "console:journal-export": Way("/journal.xlsx", CONTRACT_READERS),
    "console:verify": Way("/journal/fact/order-1-placed/verify", CONTRACT_READERS),
    "console:fact": Way("/journal/fact/order-1-placed", CONTRACT_READERS),
    "console:kinds": Way("/record", BUSINESS),
    "console:record": Way(f"/record/payment.made{ASK}", BUSINESS),
    "console:document": Way(f"/document/{NO_DOCUMENT}{ASK}", CONTRACT_READERS),
    "console:proposals": Way("/proposals", CONTRACT_READERS),
    "console:proposal": Way(f"/proposals/{NO_PROPOSAL}{ASK}", CONTRACT_READERS),
    "console:decision": Way(f"/proposals/{NO_PROPOSAL}/decision", BUSINESS),
    "console:payments": Way("/payments", CONTRACT_READERS),
    "console:acceptance": Way("/acceptance", CONTRACT_READERS),
    "console:rectifications": Way("/rectifications", CONTRACT_READERS),
    "console:staff": Way("/staff", STAFF_READERS),
    "console:dealings": Way("/dealings", CONTRACT_READERS),
    "console:exclusions": Way("/exclusions", CONTRACT_READERS),
    "monitor:targets": Way("/monitoring", SERVICE_READERS),
    "monitor:order": Way("/monitoring/order", ORDERERS),
    "monitor:approve": Way("/monitoring/approve/order-1", APPROVERS),
    "orders:orders": Way("/orders/", SERVICE_READERS),
    "orders:left": Way("/orders/left", CONTRACT_READERS),
    "orders:new": Way("/orders/new", ORDERERS),
    "orders:focus-csv": Way("/orders/focus.csv", CONTRACT_READERS),
    "orders:focus-parquet": Way("/orders/focus.parquet", CONTRACT_READERS),
    "orders:approve": Way("/orders/act/approve/order-1", APPROVERS),
    "orders:provide": Way("/orders/act/provide/order-1", PROVIDERS),
    "orders:change": Way("/orders/act/change/order-1", ORDERERS),
    "orders:agree": Way("/orders/act/agree/order-1", APPROVERS),
    "orders:end": Way("/orders/act/end/order-1", ENDERS),
    "orders:order": Way("/orders/order-1", SERVICE_READERS),
    "tickets:tickets": Way("/tickets/", SERVICE_READERS),
    "tickets:new": Way("/tickets/new", ASKERS),
    "tickets:incidents": Way("/tickets/incidents", CONTRACT_READERS),
    "tickets:incident": Way("/tickets/incident/none", CONTRACT_READERS),
    "tickets:step": Way("/tickets/step/none", SERVICE_READERS),
    "tickets:ticket": Way("/tickets/ticket/none", SERVICE_READERS),
    "scores:scores": Way("/scores/", CONTRACT_READERS),
    "scores:new": Way("/scores/new", SCORERS),
    "scores:template": Way("/scores/template", SCORERS),
    "archive:archive": Way("/archive/", STAFF_READERS),
    "archive:verify": Way("/archive/verify", CONTRACT_READERS),
    "archive:papers": Way("/archive/papers", CONTRACT_READERS),
    "archive:paper": Way("/archive/papers/work-plan.pdf", STAFF_READERS),
    "monitor:wall": Way("/monitor", SERVICE_READERS),
    "monitor:course": Way("/monitor/course.svg/order-1", SERVICE_READERS),
    "monitor:picture": Way("/monitor/picture/1/order-1", SERVICE_READERS),
    "monitor:target": Way("/monitor/target/order-1", SERVICE_READERS),
    "monitor:budgets": Way("/monitor/budget", CONTRACT_READERS),
    "monitor:budget": Way("/monitor/budget/monitor-coverage", CONTRACT_READERS),
    "monitor:dispute": Way("/monitor/dispute", CONTRACT_READERS),
    "monitor:findings": Way("/monitor/findings", SERVICE_READERS),
    "monitor:judge": Way("/monitor/findings/none", BUSINESS),
    "monitor:alerts": Way("/monitor/alerts", SERVICE_READERS),
    "monitor:acknowledge": Way("/monitor/alerts/1", BUSINESS),
    "monitor:maintenance": Way("/monitor/maintenance", CONTRACT_READERS),
    "monitor:points": Way("/monitor/points", CONTRACT_READERS),
    "monitor:boards": Way("/monitor/boards", SERVICE_READERS),
    "monitor:board": Way("/monitor/boards/none", SERVICE_READERS),
    "monitor:board-export": Way("/monitor/boards/none/export", SERVICE_READERS),
    "monitor:board-drop": Way("/monitor/boards/none/drop", BUSINESS | {Role.TENANT_USER, Role.FOUNDER}),
    "monitor:names": Way("/monitor/names", STATUS_KEEPERS),
    "monitor:names-look": Way("/monitor/names/look", STATUS_KEEPERS),
    "monitor:status-pages": Way("/monitor/status", STATUS_KEEPERS),
    "monitor:status-close": Way("/monitor/status/none/close", STATUS_KEEPERS),
    "monitor:status": Way("/status/no-such-page", ANYONE),
    "tables:save": Way("/tables/views", ANY_ACCOUNT),
    "tables:forget": Way("/tables/views/1/forget", ANY_ACCOUNT),
    "monitor:latency": Way("/monitoring/latency/order-1", SERVICE_READERS),
    "containers:projects": Way("/containers/", PROJECT_READERS),
    "containers:project": Way("/containers/none", PROJECT_READERS),
    "containers:use": Way("/containers/none/use/cpu", PROJECT_READERS),
    "containers:images": Way("/containers/none/images", PROJECT_READERS),
    "containers:bill": Way("/containers/none/images/bill", PROJECT_READERS),
    "containers:rules": Way("/containers/none/images/rules", WORKERS),
    "containers:image": Way("/containers/none/images/one", PROJECT_READERS),
    "containers:sign": Way("/containers/none/images/sign", WORKERS),
    "containers:members": Way("/containers/none/members", PROJECT_READERS),
    "containers:role": Way("/containers/none/members/role", WORKERS),
    "containers:tokens": Way("/containers/none/push-tokens", PROJECT_READERS),
    "containers:make-token": Way("/containers/none/push-tokens/make", WORKERS),
    "containers:revoke-token": Way("/containers/none/push-tokens/revoke", WORKERS),
    "containers:edit": Way("/containers/none/edit", WORKERS),
    "containers:delete": Way("/containers/none/delete/Deployment/web", WORKERS),
    "containers:replica": Way("/containers/none/replica/web-1", PROJECT_READERS),
    "containers:run": Way("/containers/none/replica/web-1/run", WORKERS),
    "containers:workload": Way("/containers/none/workload/Deployment/web", PROJECT_READERS),
    "containers:scale": Way("/containers/none/workload/Deployment/web/scale", WORKERS),
    "containers:undo": Way("/containers/none/workload/Deployment/web/undo", WORKERS),
    "crypto:keys": Way("/crypto/", KEY_READERS),
    "crypto:keys-export": Way("/crypto/keys.xlsx", KEY_READERS),
    "crypto:certificates": Way("/crypto/certificates", KEY_READERS),
    "crypto:calls": Way("/crypto/calls", KEY_READERS),
    "crypto:cbom": Way("/crypto/cbom.json", KEY_READERS),
    "crypto:act": Way("/crypto/act", SAVERS),
    "crypto:decision": Way("/crypto/wishes/1", DESTROYERS),
    "crypto:selfcheck": Way("/crypto/selfcheck", KEY_READERS),
    "crypto:report": Way("/crypto/selfcheck/1", KEY_READERS),
    "transcode:jobs": Way("/films/", JOB_READERS),
    "transcode:jobs-export": Way("/films/jobs.xlsx", JOB_READERS),
    "transcode:new": Way("/films/new", HANDERS),
    "transcode:job": Way("/films/jobs/none", JOB_READERS),
    "transcode:cancel": Way("/films/jobs/none/cancel", CANCELLERS),
    "transcode:quality": Way("/films/jobs/none/quality/video-720p/vmaf", JOB_READERS),
    "transcode:callbacks": Way("/films/callbacks", JOB_READERS),
    "transcode:callback-secret": Way("/films/callbacks/secret", HANDERS),
    "transcode:templates": Way("/films/templates", JOB_READERS),
    "transcode:edit": Way("/films/templates/edit", HANDERS),
    "transcode:retire": Way("/films/templates/none/retire", HANDERS),
    "transcode:template": Way("/films/templates/hls-ladder", JOB_READERS),
    "crypto:report-file": Way("/crypto/selfcheck/1.docx", KEY_READERS),
}
"""By the name of the view."""

LEADING_BACK: Final = frozenset(
    {"mfa_authenticate", "mfa_login_webauthn", "openid_connect_callback", "socialaccount_login_error"}
    | {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
)
"""Steps of coming in and of proving oneself: one alone leads back to the login page, or says there is nothing to do."""

_MONITOR: Final = f"/contracts/{CONTRACT}/monitor"
_MONITORED: Final = "/contracts/{contract}/monitor"
_BOARD_KEEPERS: Final = BUSINESS | {Role.TENANT_USER, Role.FOUNDER}

_PROJECT: Final = f"/contracts/{CONTRACT}/containers/none"
_PROJECTS: Final = "/contracts/{contract}/containers/{project}"
_OBJECT: Final = "objects/{kind}/{name}"

OPERATIONS: Final[dict[str, Way]] = {
    "GET /contracts/{contract}/containers": Way(f"/contracts/{CONTRACT}/containers", PROJECT_READERS),
    **{
        f"GET {_PROJECTS}/{one}": Way(f"{_PROJECT}/{one}", PROJECT_READERS)
        for one in ("objects", "replicas", "events", "top", "images", "bill", "image-rules", "members", "push-tokens")
    },
    f"GET {_PROJECTS}/rollouts/{{kind}}/{{name}}": Way(f"{_PROJECT}/rollouts/deploy/web", PROJECT_READERS),
    f"GET {_PROJECTS}/logs/{{replica}}": Way(f"{_PROJECT}/logs/web-1", PROJECT_READERS),
    **{f"POST {_PROJECTS}/{one}": Way(f"{_PROJECT}/{one}", WORKERS) for one in ("apply", "diff")},
    f"POST {_PROJECTS}/signatures": Way(f"{_PROJECT}/signatures", WORKERS),
    f"POST {_PROJECTS}/push-tokens": Way(f"{_PROJECT}/push-tokens", WORKERS),
    f"DELETE {_PROJECTS}/push-tokens/{{name}}": Way(f"{_PROJECT}/push-tokens/ci", WORKERS),
    f"PUT {_PROJECTS}/members/{{person}}": Way(f"{_PROJECT}/members/user:1", WORKERS),
    f"PUT {_PROJECTS}/image-rules": Way(f"{_PROJECT}/image-rules", WORKERS),
    f"DELETE {_PROJECTS}/{_OBJECT}": Way(f"{_PROJECT}/objects/deploy/web", WORKERS),
    **{
        f"POST {_PROJECTS}/{_OBJECT}/{one}": Way(f"{_PROJECT}/objects/deploy/web/{one}", WORKERS)
        for one in ("scale", "undo", "restart")
    },
    f"POST {_PROJECTS}/replicas/{{replica}}/exec": Way(f"{_PROJECT}/replicas/web-1/exec", WORKERS),
    **{
        f"GET {_MONITORED}/{one}": Way(f"{_MONITOR}/{one}", SERVICE_READERS)
        for one in ("targets", "findings", "alerts")
    },
    **{f"GET {_MONITORED}/{one}": Way(f"{_MONITOR}/{one}", CONTRACT_READERS) for one in ("maintenance", "points")},
    f"GET {_MONITORED}/results/{{order}}": Way(f"{_MONITOR}/results/order-1", SERVICE_READERS),
    f"GET {_MONITORED}/names/{{name}}": Way(f"{_MONITOR}/names/www.example.cn", STATUS_KEEPERS),
    f"POST {_MONITORED}/names/{{name}}/proof": Way(f"{_MONITOR}/names/www.example.cn/proof", STATUS_KEEPERS),
    f"GET {_MONITORED}/budgets/{{objective}}": Way(
        f"{_MONITOR}/budgets/monitor-coverage?month=2024-10", CONTRACT_READERS
    ),
    f"GET {_MONITORED}/dispute/{{objective}}/{{order}}": Way(
        f"{_MONITOR}/dispute/monitor-coverage/order-1?start=2024-10-18T10:00&end=2024-10-18T11:00", CONTRACT_READERS
    ),
    f"POST {_MONITORED}/findings/{{finding}}/judgement": Way(f"{_MONITOR}/findings/none/judgement", BUSINESS),
    f"POST {_MONITORED}/alerts/{{number}}/acknowledgement": Way(f"{_MONITOR}/alerts/1/acknowledgement", BUSINESS),
    f"GET {_MONITORED}/boards": Way(f"{_MONITOR}/boards", SERVICE_READERS),
    f"PUT {_MONITORED}/boards/{{name}}": Way(f"{_MONITOR}/boards/walked", _BOARD_KEEPERS),
    f"DELETE {_MONITORED}/boards/{{name}}": Way(f"{_MONITOR}/boards/none", _BOARD_KEEPERS),
    f"GET {_MONITORED}/status": Way(f"{_MONITOR}/status", STATUS_KEEPERS),
    f"PUT {_MONITORED}/status/{{slug}}": Way(f"{_MONITOR}/status/no-such-page", STATUS_KEEPERS),
    f"DELETE {_MONITORED}/status/{{slug}}": Way(f"{_MONITOR}/status/no-such-page", STATUS_KEEPERS),
    "GET /contracts": Way("/contracts", CONTRACT_READERS),
    **{
        f"GET /contracts/{{contract}}/crypto/{name}": Way(f"/contracts/{CONTRACT}/crypto/{name}", KEY_READERS)
        for name in ("seal", "keys", "certificates", "cbom", "wishes", "selfchecks")
    },
    "GET /contracts/{contract}/crypto/selfchecks/{number}": Way(
        f"/contracts/{CONTRACT}/crypto/selfchecks/1", KEY_READERS
    ),
    "POST /contracts/{contract}/crypto/selfchecks": Way(f"/contracts/{CONTRACT}/crypto/selfchecks", CHECKERS),
    "POST /contracts/{contract}/crypto/acts": Way(f"/contracts/{CONTRACT}/crypto/acts", SAVERS),
    "POST /contracts/{contract}/crypto/wishes/{number}/decision": Way(
        f"/contracts/{CONTRACT}/crypto/wishes/1/decision", DESTROYERS
    ),
    "GET /contracts/{contract}/terms": Way(f"/contracts/{CONTRACT}/terms", CONTRACT_READERS),
    "GET /contracts/{contract}/statement": Way(f"/contracts/{CONTRACT}/statement", CONTRACT_READERS),
    "GET /contracts/{contract}/why/{finding}": Way(f"/contracts/{CONTRACT}/why/instalment-1", CONTRACT_READERS),
    "POST /contracts/{contract}/suppose": Way(f"/contracts/{CONTRACT}/suppose", CONTRACT_READERS),
    "GET /contracts/{contract}/facts": Way(f"/contracts/{CONTRACT}/facts", CONTRACT_READERS),
    "GET /facts/{identifier}": Way("/facts/order-1-placed", CONTRACT_READERS),
    "GET /catalogue": Way("/catalogue", SERVICE_READERS),
    **{
        f"GET /contracts/{{contract}}/{one}": Way(f"/contracts/{CONTRACT}/{one}", SERVICE_READERS)
        for one in ("orders", "tickets")
    },
    **{
        f"GET /contracts/{{contract}}/{one}": Way(f"/contracts/{CONTRACT}/{one}", CONTRACT_READERS)
        for one in ("budget", "focus.csv", "focus.parquet")
    },
    "GET /contracts/{contract}/orders/{order}": Way(f"/contracts/{CONTRACT}/orders/order-1", SERVICE_READERS),
    "POST /contracts/{contract}/orders/{order}/provision": Way(
        f"/contracts/{CONTRACT}/orders/order-1/provision", PROVIDERS
    ),
    "GET /contracts/{contract}/score-templates": Way(f"/contracts/{CONTRACT}/score-templates", CONTRACT_READERS),
    **{
        f"POST /contracts/{{contract}}/{one}": Way(f"/contracts/{CONTRACT}/{one}", SCORERS)
        for one in ("score-templates", "scores")
    },
    "POST /contracts/{contract}/incidents": Way(f"/contracts/{CONTRACT}/incidents", BUSINESS),
    "POST /contracts/{contract}/incidents/{incident}/course": Way(
        f"/contracts/{CONTRACT}/incidents/none/course", BUSINESS
    ),
    "POST /documents": Way("/documents", BUSINESS),
    "GET /documents/{digest}": Way(f"/documents/{NO_DOCUMENT}", CONTRACT_READERS),
    "GET /contracts/{contract}/archive": Way(f"/contracts/{CONTRACT}/archive", STAFF_READERS),
    "POST /contracts/{contract}/orders/{order}/changes": Way(f"/contracts/{CONTRACT}/orders/order-1/changes", ORDERERS),
    "POST /contracts/{contract}/orders/{order}/end": Way(f"/contracts/{CONTRACT}/orders/order-1/end", ENDERS),
    "POST /contracts/{contract}/changes/{change}/approval": Way(
        f"/contracts/{CONTRACT}/changes/none/approval", APPROVERS - {Role.FOUNDER}
    ),
    "POST /contracts/{contract}/tickets": Way(f"/contracts/{CONTRACT}/tickets", ASKERS),
    "GET /contracts/{contract}/tickets/{ticket}": Way(f"/contracts/{CONTRACT}/tickets/none", SERVICE_READERS),
    "POST /contracts/{contract}/tickets/{ticket}/steps": Way(
        f"/contracts/{CONTRACT}/tickets/none/steps", SERVICE_READERS
    ),
    **{f"GET /access{one}": Way(f"/access{one}", AUDITORS) for one in ("", "/faults", "/state")},
    "GET /access/{position}": Way("/access/0", AUDITORS),
    "GET /papers": Way("/papers", CONTRACT_READERS),
    "GET /contracts/{contract}/papers/{code}.{form}": Way(f"/contracts/{CONTRACT}/papers/work-plan.pdf", STAFF_READERS),
    "POST /contracts/{contract}/orders": Way(f"/contracts/{CONTRACT}/orders", ORDERERS),
    "POST /contracts/{contract}/orders/{order}/approval": Way(
        f"/contracts/{CONTRACT}/orders/order-1/approval", APPROVERS
    ),
    "GET /contracts/{contract}/registers/staff": Way(f"/contracts/{CONTRACT}/registers/staff", STAFF_READERS),
    "GET /contracts/{contract}/registers/{name}": Way(f"/contracts/{CONTRACT}/registers/materials", CONTRACT_READERS),
    "GET /contracts/{contract}/proposals": Way(f"/contracts/{CONTRACT}/proposals", CONTRACT_READERS),
    "POST /contracts/{contract}/proposals": Way(f"/contracts/{CONTRACT}/proposals", BUSINESS),
    "GET /contracts/{contract}/proposals/{identifier}": Way(
        f"/contracts/{CONTRACT}/proposals/{NO_PROPOSAL}", CONTRACT_READERS
    ),
    "POST /contracts/{contract}/proposals/{identifier}/decision": Way(
        f"/contracts/{CONTRACT}/proposals/{NO_PROPOSAL}/decision", BUSINESS
    ),
    "GET /contracts/{contract}/comments": Way(f"/contracts/{CONTRACT}/comments", EVIDENCE_READERS),
    "POST /contracts/{contract}/comments": Way(f"/contracts/{CONTRACT}/comments", THIRD_PARTIES),
    "GET /accounts": Way("/accounts", OPENERS | ACCOUNT_CHECKERS),
    "POST /accounts": Way("/accounts", OPENERS),
    "POST /accounts/{number}/approval": Way("/accounts/0/approval", ACCOUNT_CHECKERS),
    "POST /accounts/{number}/disabling": Way("/accounts/0/disabling", OPENERS | ACCOUNT_CHECKERS),
    "POST /accounts/{number}/reset": Way("/accounts/0/reset", OPENERS),
    "GET /contracts/{contract}/today": Way(f"/contracts/{CONTRACT}/today", BUSINESS),
    "GET /installation/state": Way("/installation/state", OPENERS),
    "GET /installation/grants": Way("/installation/grants", ACCOUNT_CHECKERS),
    "GET /sessions": Way("/sessions", frozenset(Role)),
    "DELETE /sessions/{number}": Way("/sessions/0", frozenset(Role)),
    "GET /tokens": Way("/tokens", frozenset(Role)),
    "POST /tokens": Way("/tokens", frozenset(Role)),
    "DELETE /tokens/{number}": Way("/tokens/0", frozenset(Role)),
}
"""By method and path under /api/v1, as the OpenAPI description names them."""
