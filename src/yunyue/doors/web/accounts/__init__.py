"""Who may come in, in which role, and what each role may see."""
