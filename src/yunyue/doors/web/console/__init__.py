"""The pages: where the contract stands, what is owed and why, the journal, the monitored targets."""
