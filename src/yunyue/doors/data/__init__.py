"""The front door: health, metrics, files, and the way to the console."""
