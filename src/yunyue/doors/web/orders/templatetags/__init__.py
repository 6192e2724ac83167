"""Words of the orders pages."""
