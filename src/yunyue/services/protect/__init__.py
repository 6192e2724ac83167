"""Security protection (安全服务): in the catalogue, not yet available."""
