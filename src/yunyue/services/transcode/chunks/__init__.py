"""Long films, encoded by all workers at once: cut, encode, join."""
