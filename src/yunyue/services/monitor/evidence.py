"""What was seen, kept under its digest: screenshots, waterfalls, structures. What nothing names any more is dropped."""

from yunyue.host.objects import Objects


class Evidence(Objects):
    """Objects that may also go again; whether they may is for the caller to know."""

    def drop(self, digest: str) -> None:
        """Delete an object; one that is not there is gone already."""
        self._path(digest.partition(":")[2]).unlink(missing_ok=True)
