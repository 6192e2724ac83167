"""Whole pages: a browser that may go only where a probe may, what it saw, and what is kept of it as evidence."""
