"""What is owed and why: a pure function from terms, facts and a calendar to a statement."""
