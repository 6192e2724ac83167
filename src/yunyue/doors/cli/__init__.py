"""The command line: one file for what a person wants to do, and one place that turns answers into text or JSON."""
