"""Records of the use log: their shape, the files they are sealed in, and the proof that one is there."""
