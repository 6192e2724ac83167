"""Opens all parts of the platform for one process: kernel, services, series, jobs."""

from yunyue.answer import Refused
from yunyue.catalog import Registry
from yunyue.doors.accesses import close_accesses
from yunyue.doors.office import Office
from yunyue.doors.work import register
from yunyue.host.buckets import bucket
from yunyue.host.clock import Clock
from yunyue.host.jobs import Jobs
from yunyue.host.log import logger
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.kernel.hosting import Hosting
from yunyue.services.crypto.service import vault_folder
from yunyue.services.crypto.vaults import Arrangement, arrange
from yunyue.services.discovery import discover
from yunyue.store.series import Means, Series, engine

_log = logger(__name__)


def discovered() -> Registry:
    """The services installed beside us, ours and third parties'. One that cannot be loaded is logged and left out."""
    found = discover()
    for refused in found.broken:
        _log.error("service.unusable", reason=str(refused))
    return found.registry


def open_series(settings: Settings) -> Series | Refused:
    """The samples of an installation, with the bucket and the engine it was set. Refused: either cannot be had."""
    chosen, store = engine(settings.series_engine), bucket(settings.objects)
    if isinstance(chosen, Refused):
        return chosen
    if isinstance(store, Refused):
        return store
    return Series.open(settings.home / "series", means=Means(chosen, store, "series"))


def open_parts(settings: Settings, clock: Clock | None = None) -> Office | Refused:
    """The office of an installation, made when there is none; jobs are prepared, not launched."""
    arranged = Arrangement(settings.database, settings.crypto_seal, settings.public_url)
    arrange(vault_folder(settings.home / "services"), arranged)
    kernel = Kernel.open(settings, clock)
    if isinstance(kernel, Refused):
        return kernel
    series = open_series(settings)
    if isinstance(series, Refused):
        kernel.close()
        return series
    hosting, jobs = Hosting(kernel, discovered(), series), Jobs(settings)
    register(jobs, hosting)
    return Office(hosting, jobs)


def close_parts(office: Office) -> None:
    """Give everything back."""
    if office.jobs is not None:
        office.jobs.shutdown()
    close_accesses(office.settings.home)
    office.hosting.series.close()
    office.kernel.close()
