"""Words of the tickets pages."""
