"""The pages of tickets and incidents."""
