"""The journal: what happened, as facts that nobody can quietly change, and the proofs of it."""
