"""How good a result is, as numbers for plots; and the search for the CRF that reaches a wanted score."""
