"""Papers: what goes out of the platform to be read, kept or checked elsewhere."""
