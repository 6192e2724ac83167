"""Facts about the provider's staff, who appear under pseudonyms only."""

from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import Digest, Key, Payload, Text

Condition = Annotated[int, msgspec.Meta(ge=1, le=6)]


class StaffProposed(Payload, frozen=True, kw_only=True):
    """The provider proposed a person for a post, perhaps in another's place (四)."""

    type = "staff.proposed"
    title_zh = "人员提名"
    title_en = "Staff proposed"
    clauses = ("C20", "C21")
    person: Key
    post: Literal["manager", "engineer", "support"]
    replaces: Key | None


class StaffChecked(Payload, frozen=True, kw_only=True):
    """A person checked the documents for one of the six conditions of 四(二)."""

    type = "staff.checked"
    title_zh = "人员条件核验"
    title_en = "Staff condition checked"
    clauses = ("C20",)
    person: Key
    condition: Condition
    met: bool
    evidence: Digest


class StaffWaived(Payload, frozen=True, kw_only=True):
    """The client waived a soft condition in writing (reading A24)."""

    type = "staff.waived"
    title_zh = "条件豁免"
    title_en = "Staff condition waived"
    clauses = ("C20",)
    person: Key
    condition: Condition
    document: Digest


class StaffConsented(Payload, frozen=True, kw_only=True):
    """The client agreed to a person taking up a post or leaving it."""

    type = "staff.consented"
    title_zh = "甲方同意人员变动"
    title_en = "Client consented to staff change"
    clauses = ("C21", "C24")
    person: Key
    change: Literal["assignment", "leaving"]
    document: Digest


class StaffAssigned(Payload, frozen=True, kw_only=True):
    """A person took up a post."""

    type = "staff.assigned"
    title_zh = "人员到岗"
    title_en = "Staff assigned"
    clauses = ("C21",)
    person: Key
    post: Literal["manager", "engineer", "support"]
    replaces: Key | None


class StaffRejected(Payload, frozen=True, kw_only=True):
    """The client rejected a person; the provider replaces them (五(一)3)."""

    type = "staff.rejected"
    title_zh = "人员不予认可"
    title_en = "Staff rejected"
    clauses = ("C22",)
    person: Key
    reason: Text


class LeavingReported(Payload, frozen=True, kw_only=True):
    """The provider reported, before it happens, that a person will leave or be transferred (五(二)6)."""

    type = "leaving.reported"
    title_zh = "离岗报告"
    title_en = "Leaving reported"
    clauses = ("C24",)
    person: Key
    document: Digest


class StaffLeft(Payload, frozen=True, kw_only=True):
    """A person left their post."""

    type = "staff.left"
    title_zh = "人员离岗"
    title_en = "Staff left"
    clauses = ("C21", "C24")
    person: Key


class StaffFileConsulted(Payload, frozen=True, kw_only=True):
    """The client looked into a staff file, as it may at any time (五(一)4)."""

    type = "staff.file.consulted"
    title_zh = "查阅人员档案"
    title_en = "Staff file consulted"
    clauses = ("C23",)
    person: Key


class TrainingHeld(Payload, frozen=True, kw_only=True):
    """A training took place (五(二)6)."""

    type = "training.held"
    title_zh = "培训"
    title_en = "Training held"
    clauses = ("C24",)
    kind: Literal["business", "skills", "confidentiality"]
    persons: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1)]
    document: Digest


class ConfidentialitySigned(Payload, frozen=True, kw_only=True):
    """A person signed the undertaking, which has no end date (五(三)7)."""

    type = "confidentiality.signed"
    title_zh = "签署保密承诺"
    title_en = "Confidentiality signed"
    clauses = ("C25",)
    person: Key
    document: Digest
