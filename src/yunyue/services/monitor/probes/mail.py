"""The SMTP and IMAP probes: the greeting, the list of abilities, and encryption where the order asks for it."""

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import Dialogue, connected, timed
from yunyue.services.monitor.probes.trust import context
from yunyue.services.monitor.reading import octets

MOST_LINES = 100


async def probe_smtp(probe: Probe, network: Network) -> None:
    """Returns when the server greets, and encrypts if asked to (RFC 5321, RFC 3207). Raises Failure."""
    trust = context(probe.ca) if probe.security == "implicit" else None
    async with timed(probe) as progress, connected(probe, network, progress, trust) as there:
        greeting = await _smtp(there, b"220", "greeting")
        _require_text(probe, greeting)
        there.say(b"EHLO probe.invalid\r\n")
        abilities = await _smtp(there, b"250", "protocol")
        if probe.security == "starttls":
            if not any(line[4:].upper() == b"STARTTLS" for line in abilities):
                raise Failure("no_starttls")
            there.say(b"STARTTLS\r\n")
            await _smtp(there, b"220", "no_starttls")
            await there.encrypt(context(probe.ca), probe.where.host)
            there.say(b"EHLO probe.invalid\r\n")
            await _smtp(there, b"250", "protocol")
        there.say(b"QUIT\r\n")


async def probe_imap(probe: Probe, network: Network) -> None:
    """Returns when the server greets, and encrypts if asked to (RFC 9051). Raises Failure."""
    trust = context(probe.ca) if probe.security == "implicit" else None
    async with timed(probe) as progress, connected(probe, network, progress, trust) as there:
        greeting = await there.line()
        if not greeting.startswith((b"* OK", b"* PREAUTH")):
            raise Failure("greeting" if greeting.startswith(b"* BYE") else "protocol")
        _require_text(probe, [greeting])
        abilities = await _imap(there, b"a1", b"CAPABILITY", "protocol")
        if probe.security == "starttls":
            if not any(b"STARTTLS" in line.upper().split() for line in abilities):
                raise Failure("no_starttls")
            await _imap(there, b"a2", b"STARTTLS", "no_starttls")
            await there.encrypt(context(probe.ca), probe.where.host)
            await _imap(there, b"a3", b"CAPABILITY", "protocol")
        there.say(b"a4 LOGOUT\r\n")


def _require_text(probe: Probe, greeting: list[bytes]) -> None:
    if octets(probe.expect) not in b"\n".join(greeting):
        raise Failure("reply")


async def _smtp(there: Dialogue, code: bytes, otherwise: Error) -> list[bytes]:
    """The lines of one reply. Raises Failure when its code is another, `protocol` when it is no reply at all."""
    found: list[bytes] = []
    while len(found) < MOST_LINES:
        line = await there.line()
        if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b""):
            raise Failure("protocol")
        if line[:3] != code:
            raise Failure(otherwise)
        found.append(line)
        if line[3:4] != b"-":
            return found
    raise Failure("protocol")


async def _imap(there: Dialogue, tag: bytes, command: bytes, otherwise: Error) -> list[bytes]:
    """The lines of the answer to a command. Raises Failure when it is not OK."""
    there.say(tag + b" " + command + b"\r\n")
    found: list[bytes] = []
    while len(found) < MOST_LINES:
        line = await there.line()
        if line.startswith(tag + b" "):
            if not line.startswith(tag + b" OK"):
                raise Failure(otherwise)
            return found
        if not line.startswith(b"* "):
            raise Failure("protocol")
        found.append(line)
    raise Failure("protocol")
