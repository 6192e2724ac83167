"""The console's area for containers."""
