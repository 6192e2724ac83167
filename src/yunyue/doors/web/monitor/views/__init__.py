"""Views of monitoring, a file for each page."""
