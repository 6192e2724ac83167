"""Orders: from a wish to a running instance, each step a fact, or a refusal that names its clause."""
