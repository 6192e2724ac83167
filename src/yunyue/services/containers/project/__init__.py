"""Projects: who they belong to, what they may use, what was asked of them and what came of it."""
