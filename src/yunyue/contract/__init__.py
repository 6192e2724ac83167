"""The contract as values: terms, clauses, readings, annexes and supplements."""
