"""Which contracts an account reaches: a third party supervises or assesses one, the others work under all."""

from collections.abc import Sequence

from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role


def reached(account: Account, contracts: Sequence[str]) -> tuple[str, ...]:
    """Those of the contracts that this account reaches, in their order.

    A third party reaches what its standing tokens name. One that never had a token reaches the only contract there is,
    and none where there are several: nothing says which is its.
    """
    if account.role != Role.THIRD_PARTY:
        return tuple(contracts)
    tokens = list(account.tokens.all())
    if not tokens:
        return tuple(contracts) if len(contracts) == 1 else ()
    named = {one.contract for one in tokens if one.state == "active"}
    return tuple(one for one in contracts if one in named)


def reaches(account: Account, contract: str, contracts: Sequence[str]) -> bool:
    """Whether what belongs to a contract may be shown to this account; what belongs to none is no third party's."""
    return account.role != Role.THIRD_PARTY or contract in reached(account, contracts)
