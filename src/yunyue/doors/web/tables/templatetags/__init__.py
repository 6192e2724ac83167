"""Tags of long tables."""
