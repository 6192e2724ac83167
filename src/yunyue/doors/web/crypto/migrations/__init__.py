"""How the tables of wishes and reports came to be."""
