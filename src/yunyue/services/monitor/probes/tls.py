"""TLS: the probe that warns before a certificate ends, and the one that also finds what is weak."""

from datetime import timedelta

from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import Progress, connected, timed
from yunyue.services.monitor.probes.hello import OLDER, WEAK, accepts
from yunyue.services.monitor.probes.trust import context


async def probe_expiry(probe: Probe, network: Network) -> None:
    """Returns when the target's certificate is valid and stays so for the days the order asks. Raises Failure."""
    async with timed(probe) as progress:
        await _certificate(probe, network, progress)


async def probe_tls(probe: Probe, network: Network) -> None:
    """As `probe_expiry`; then fails where a version before `tls_min`, or a weak suite, is accepted. Raises Failure."""
    async with timed(probe) as progress:
        await _certificate(probe, network, progress)
        for version in OLDER[probe.tls_min]:
            if await accepts(probe, network, version, None):
                raise Failure("tls_version")
        if await accepts(probe, network, max(OLDER["1.3"]), WEAK):
            raise Failure("tls_suite")


async def _certificate(probe: Probe, network: Network, progress: Progress) -> None:
    async with connected(probe, network, progress, context(probe.ca)) as there:
        shown = there.writer.get_extra_info("ssl_object")
        certificate = shown.getpeercert(binary_form=True)
    if not certificate:
        raise Failure("tls")
    try:
        left = load_der_x509_certificate(certificate).not_valid_after_utc - network.now()
    except (ValueError, InvalidVersion):  # OpenSSL takes certificates that are not quite what the standard says
        raise Failure("tls") from None
    if left < timedelta(days=probe.days_before):
        raise Failure("expires_soon")
