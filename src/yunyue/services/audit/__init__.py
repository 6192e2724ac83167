"""Audit (审计服务): in the catalogue, not yet available."""
