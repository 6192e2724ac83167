"""How the saved views' table came to be."""
