"""Words of the area's pages."""
