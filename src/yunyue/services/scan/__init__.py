"""Security testing (安全检测): in the catalogue, not yet available."""
