"""Tickets: who asked for help, how far it is, how much of its time is used, who is told when it runs out."""
