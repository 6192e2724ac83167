"""The API: what the console shows and records, for programs. Its description is at /api/v1/openapi.json."""
