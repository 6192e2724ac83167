"""Where the vault keeps its rows and its use log: SQLite for one machine, PostgreSQL for several."""
