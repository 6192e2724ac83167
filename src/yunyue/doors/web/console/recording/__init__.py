"""The form a fact is recorded with: its fields, its documents, what it would change."""
