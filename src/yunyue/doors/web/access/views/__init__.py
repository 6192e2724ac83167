"""The pages of the access records and of those who watch over the installation."""
