"""The secret that signs links and callbacks: drawn once, kept beside the jobs, so that every machine has the same."""

import hashlib
import hmac

from yunyue.host.randomness import token
from yunyue.services.transcode.place import Place


def link_secret(place: Place) -> bytes:
    """The secret of this contract's links."""
    with place.queue.database.transaction() as hand:
        found = hand.run("SELECT secret FROM links")
        if not found:
            found = [(token(),)]
            hand.run("INSERT INTO links (secret) VALUES (?)", found[0])
    return str(found[0][0]).encode()


def secret_for(place: Place, tenant: str) -> str:
    """The secret a tenant checks its callbacks with; it follows from the contract's, and tells nothing about it."""
    return hmac.new(link_secret(place), f"callbacks of {tenant}".encode(), hashlib.sha256).hexdigest()
