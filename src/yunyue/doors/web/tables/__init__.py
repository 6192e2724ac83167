"""Long tables: pages of rows, views kept under a name, columns one chooses, print."""
