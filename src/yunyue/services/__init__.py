"""The eight services, one room each, all of one shape, unaware of each other."""
