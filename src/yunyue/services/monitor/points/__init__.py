"""Probe points: agents of ours elsewhere, who they are, what they send, how their clocks go, and what they agree on."""
