"""What an order of the crypto service states."""

from typing import Annotated

import msgspec


class KeySpaceOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A key space of a department's own: its keys, its policy, its key of keys."""

    path: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([a-z0-9][a-z0-9-]{0,62})?$(?!\n)",
            title="路径",
            description="Where the keys hang under /v1/; empty: contract and order",
        ),
    ] = ""
    description: Annotated[
        str, msgspec.Meta(max_length=200, title="说明", description="What the keys are for, shown to operators")
    ] = ""
