"""Where sealed files lie: in the series' own folder, and, past one machine, in a bucket of an object store as well.

A file goes to the bucket whole and is created once, under a name that holds its digest: what is there is never
overwritten, and a file an interrupted sealing left there harms nobody. The folder is then a cache: a file missing in
it is fetched, and used only when its bytes have the digest that the manifest, and so the fact, names.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore

from yunyue.store.series import parquet
from yunyue.store.series.errors import SeriesDamaged
from yunyue.store.series.tail import Segment


class Shelf:
    """The sealed files of one series."""

    def __init__(self, folder: Path, bucket: ObjectStore | None = None, prefix: str = "") -> None:
        """`prefix` goes before every name in the bucket: one bucket may hold several series."""
        self._folder = folder
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def local(self, segment: Segment) -> Path:
        """Where the folder keeps, or would keep, the file."""
        return self._folder / f"{segment.name}.parquet"

    def key(self, segment: Segment) -> str:
        """The file's name in the bucket."""
        return f"{self._prefix}{segment.name}.{segment.digest.removeprefix('sha256:')[:16]}.parquet"

    def publish(self, segment: Segment) -> None:
        """Put the folder's file into the bucket, if there is one. Raises SeriesDamaged when it cannot be put there."""
        if self._bucket is None:
            return
        try:
            with self.local(segment).open("rb") as file:
                self._bucket.put(self.key(segment), file, mode="create")
        except AlreadyExistsError:
            if parquet.digest_of(self._fetched(segment)) != segment.digest:
                raise SeriesDamaged(f"{self.key(segment)} lies in the bucket with other bytes") from None
        except (BaseError, OSError) as error:
            raise SeriesDamaged(f"{segment.name} could not be put into the bucket: {error}") from error

    def paths(self, segments: Iterable[Segment]) -> list[Path]:
        """The files, fetched where the folder has none. Raises SeriesDamaged for one that cannot be had as sealed."""
        return [self._present(one) for one in segments]

    def fault(self, segment: Segment) -> str:
        """What is wrong with the file where it is kept for good; empty when nothing is. Reads every byte."""
        if self._bucket is None and not self.local(segment).is_file():
            return "the file is missing"
        try:
            found = parquet.digest(self.local(segment)) if self._bucket is None else self._digest(segment)
        except (BaseError, FileNotFoundError) as error:
            return f"the file cannot be had from the bucket: {error}".split("\n", 1)[0]
        return "" if found == segment.digest else f"its bytes give {found}, sealed was {segment.digest}"

    def lighten(self, segments: Sequence[Segment], keep: int) -> int:
        """Remove from the folder what the bucket holds, the oldest first, until `keep` files stay; how many went."""
        if self._bucket is None:
            return 0
        gone = [one for one in segments[: max(len(segments) - keep, 0)] if self.local(one).is_file()]
        for one in gone:
            self.local(one).unlink()
        return len(gone)

    def remove(self, segment: Segment) -> None:
        """Take the file away for good, everywhere."""
        if self._bucket is not None:
            self._bucket.delete(self.key(segment))
        self.local(segment).unlink(missing_ok=True)

    def _present(self, segment: Segment) -> Path:
        path = self.local(segment)
        if self._bucket is None or path.is_file():
            return path
        try:
            content = self._fetched(segment)
        except (BaseError, FileNotFoundError) as error:
            raise SeriesDamaged(f"{segment.name} cannot be had from the bucket: {error}") from error
        if parquet.digest_of(content) != segment.digest:
            raise SeriesDamaged(f"{self.key(segment)} is not what was sealed; its digest differs")
        draft = path.with_suffix(f".{os.getpid()}.fetched")
        draft.write_bytes(content)
        draft.rename(path)
        return path

    def _digest(self, segment: Segment) -> str:
        return parquet.digest_of(self._fetched(segment))

    def _fetched(self, segment: Segment) -> bytes:
        if self._bucket is None:
            raise FileNotFoundError(self.local(segment))
        return bytes(self._bucket.get(self.key(segment)).bytes())
