"""What an order used: days its keys lived (a key that waits for destruction is free), and calls that were answered."""

from decimal import Decimal

from yunyue.catalog import Result, Window
from yunyue.journal.facts import UsageMetered
from yunyue.services.crypto.entry import CALLS, KEY_DAYS
from yunyue.services.crypto.instances import Instance
from yunyue.services.crypto.key import DAY
from yunyue.services.crypto.vault import Vault
from yunyue.sla.span import Span, clip, milliseconds

FOREVER = 2**53 - 1


def meter(instance: Instance, asked: Window, vault: Vault) -> Result:
    """usage.metered by both meters; a part of a day counts as that part, six decimals, cut off."""
    window = Span(milliseconds(asked.start), milliseconds(asked.end))
    lives = instance.lives or vault.lives(instance.identifier)
    lived = sum(_lived(spans, instance, window) for spans in lives)
    days = Decimal(lived * 10**6 // DAY).scaleb(-6)
    calls = Decimal(vault.log.counted(instance.identifier, window.start, window.end).good).scaleb(-4)
    return tuple(
        UsageMetered(order=instance.order, meter=code, quantity=quantity, start=asked.start, end=asked.end)
        for code, quantity in ((KEY_DAYS, days), (CALLS, calls))
    )


def _lived(spans: list[tuple[int, int]], instance: Instance, window: Span) -> int:
    """Milliseconds of one key's life inside the window and the order."""
    last = instance.ended or FOREVER
    whole = tuple(Span(start, min(end or FOREVER, last)) for start, end in spans if start < min(end or FOREVER, last))
    return sum(one.length for one in clip(whole, window))
