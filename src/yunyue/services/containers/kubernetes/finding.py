"""Whether there is a cluster to deliver on, asked before an order is taken."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.abilities import Abilities, ask_abilities
from yunyue.services.containers.kubernetes.api import Api
from yunyue.services.containers.kubernetes.reach import Reach, kubeconfig, reach_of

PATIENCE_SECONDS: Final = 10
FIELD: Final = "parameters.engine"


def unreachable(folder: Path) -> Refused | None:
    """None when the configured cluster answers and can do what is needed. Refused: what is missing."""
    reach = reach_of(kubeconfig(folder))
    if isinstance(reach, Refused):
        return Refused(reach.reason, FIELD, reach.clause)
    with ThreadPoolExecutor(1) as apart:
        # Whoever takes an order may itself run within a loop; this one is asked apart from it.
        found = apart.submit(lambda: asyncio.run(_asked(reach))).result()
    return Refused(found.reason, FIELD, found.clause) if isinstance(found, Refused) else None


async def _asked(reach: Reach) -> Abilities | Refused:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), Api(reach) as api:
            return await ask_abilities(api)
    except (EngineGone, EngineSaid, TimeoutError) as error:
        return Refused(str(error) or "the cluster does not answer", "engine", "C37")
