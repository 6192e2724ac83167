"""What pages say: how they differ from what was approved, what they must not hold, and what is about to run out."""
