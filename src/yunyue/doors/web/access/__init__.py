"""Who looked at what: the records of access, where they come from, and who may search them."""
