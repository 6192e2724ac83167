"""Facts about the accounts of an installation, which appear under pseudonyms such as "user:7" only."""

from typing import Literal

from yunyue.journal.facts.base import Digest, Key, Payload


class AccountOpened(Payload, frozen=True, kw_only=True):
    """Somebody opened an account for a role, perhaps of a department; until it is approved it lets nobody in."""

    type = "account.opened"
    title_zh = "开立账号"
    title_en = "Account opened"
    account: Key
    role: Key
    tenant: Key | None
    approval: Literal["needed", "not_needed"]


class AccountApproved(Payload, frozen=True, kw_only=True):
    """The security administrator let an account in that another person had opened or whose password was reset."""

    type = "account.approved"
    title_zh = "批准账号"
    title_en = "Account approved"
    account: Key


class AccountDisabled(Payload, frozen=True, kw_only=True):
    """An account lets nobody in any more, for good."""

    type = "account.disabled"
    title_zh = "停用账号"
    title_en = "Account disabled"
    account: Key


class PasswordReset(Payload, frozen=True, kw_only=True):
    """An account got a new one-time password, and waits for approval again."""

    type = "account.password.reset"
    title_zh = "重置密码"
    title_en = "Password reset"
    account: Key


class AccountChanged(Payload, frozen=True, kw_only=True):
    """How somebody may come in changed: a factor, an identity, a token, a password; its state before and after."""

    type = "account.changed"
    title_zh = "账号变更"
    title_en = "Account changed"
    account: Key
    what: Literal[
        "factor_added",
        "factor_removed",
        "identity_linked",
        "identity_unlinked",
        "password_chosen",
        "token_made",
        "token_revoked",
        "session_ended",
    ]
    about: Key | None
    before: Digest
    after: Digest


class EvidenceCommented(Payload, frozen=True, kw_only=True):
    """A third party commented on a fact; what it wrote lies among the documents."""

    type = "evidence.commented"
    title_zh = "第三方意见"
    title_en = "Evidence commented"
    about: Key
    text: Digest
