"""Films and results: in a folder, or in any S3, through one interface."""

from yunyue.services.transcode.objects.store import Objects, open_objects

__all__ = ["Objects", "open_objects"]
