"""How monitoring's values read on a page."""
