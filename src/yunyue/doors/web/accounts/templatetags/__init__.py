"""Words of the pages about factors."""
