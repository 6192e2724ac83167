"""Monitoring's pages: the wall, a target, budgets, disputes, findings, alerts, probe points, boards, status pages."""
