"""What each page and operation shows that is protected. One that is not listed is recorded as "business"."""

from typing import Final

OPEN: Final = frozenset(
    {
        "accounts:login", "accounts:logout", "accounts:language", "accounts:password", "account_login",
        "account_logout", "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn",
        "mfa_reauthenticate_webauthn", "openid_connect_login", "openid_connect_callback",
        "socialaccount_login_error", "socialaccount_login_cancelled",
        "console:overview", "console:today", "console:sla", "console:theme", "console:kinds", "console:record",
        "monitor:targets", "monitor:latency", "console:preferences",
        "api-1:openapi-json", "api-1:api-root", "api-1:catalogue",
    }
)  # fmt: skip
"""Pages that show nothing protected: only being turned away from them is recorded."""

LOGINS: Final = frozenset({"accounts:login", "account_login", "mfa_authenticate", "mfa_login_webauthn",
                           "openid_connect_callback", "access:enter"})  # fmt: skip
"""Where people come in: every attempt is recorded as "login"."""

KINDS: Final = {
    "evidence": (
        "console:journal", "console:journal-export", "console:fact", "console:verify", "access:evidence",
        "access:comment", "access:evidence-fact", "api-1:page", "api-1:fact", "api-1:commented",
    ),
    "staff": ("console:staff", "api-1:staff"),
    "papers": (
        "console:document", "archive:archive", "archive:paper", "archive:verify", "api-1:paper", "api-1:archive",
        "api-1:document", "api-1:keeping",
    ),
    "personal": (
        "accounts:accounts", "accounts:open", "accounts:disable", "accounts:reset", "accounts:approvals",
        "accounts:approve", "accounts:sessions", "accounts:end-session", "accounts:tokens", "accounts:make-token",
        "accounts:revoke-token", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn",
        "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "socialaccount_connections", "access:security", "access:system",
        "api-1:accounts", "api-1:account_approval", "api-1:disabling", "api-1:resetting", "api-1:sessions",
        "api-1:session_end", "api-1:listed", "api-1:revoking", "api-1:installation_state", "api-1:installation_grants",
    ),
    "access": (
        "access:records", "access:export", "access:proof", "access:audit", "access:check",
        "api-1:access_records", "api-1:access_proof", "api-1:access_faults", "api-1:access_state",
    ),
}  # fmt: skip
"""By kind, the names of the views; an operation of the API goes by the name of the first at its address."""

_BY_NAME: Final = {name: kind for kind, names in KINDS.items() for name in names}
EVERY: Final = ("login", *KINDS, "business")
"""All kinds, as they are searched for."""


def kind_of(name: str) -> str | None:
    """What the page of that name shows; None for nothing protected."""
    if name in OPEN:
        return None
    return _BY_NAME.get(name, "business")
