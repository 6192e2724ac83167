"""The console: accounts and pages."""
