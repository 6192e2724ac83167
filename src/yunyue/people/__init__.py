"""Who may do what under a contract: duties, proposals that wait for a second person, and the register of staff."""
