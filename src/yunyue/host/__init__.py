"""The one room with effects: clock, chance, processes, files, ciphers and keys."""
