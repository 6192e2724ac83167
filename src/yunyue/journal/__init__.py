"""What happened, in an order nobody can quietly change: facts, their bytes, the tree over them, and its proofs."""
