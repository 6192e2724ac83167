"""yunyue monitor: targets, results, budgets, findings, alerts, probe points, dashboards, status pages."""
