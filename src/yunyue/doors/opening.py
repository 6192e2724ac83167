"""Opens all parts of the platform for one process: kernel, services, series, jobs."""

from importlib.metadata import entry_points

from yunyue.answer import Refused
from yunyue.catalog import Registry, Service
from yunyue.doors.office import Office
from yunyue.host.clock import Clock
from yunyue.host.jobs import Jobs
from yunyue.host.log import logger
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series

GROUP = "yunyue.services"
_log = logger(__name__)


def discovered() -> Registry | Refused:
    """The services installed beside us, ours and third parties'. One that cannot be loaded is logged and left out."""
    found: list[Service] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            service = entry.load()
        except (ImportError, AttributeError) as problem:
            _log.error("service.unusable", service=entry.name, reason=str(problem))
            continue
        if not isinstance(service, Service):
            _log.error("service.unusable", service=entry.name, reason="it lacks the verbs of a service")
            continue
        found.append(service)
    return Registry.of(found)


def open_parts(settings: Settings, clock: Clock | None = None) -> Office | Refused:
    """The office of an installation, made when there is none; jobs are prepared, not launched."""
    kernel = Kernel.open(settings, clock)
    if isinstance(kernel, Refused):
        return kernel
    registry = discovered()
    if isinstance(registry, Refused):
        kernel.close()
        return registry
    series = Series.open(settings.home / "series")
    return Office(Hosting(kernel, registry, series), Jobs(settings))


def close_parts(office: Office) -> None:
    """Give everything back."""
    if office.jobs is not None:
        office.jobs.shutdown()
    office.hosting.series.close()
    office.kernel.close()
