"""The tables of jobs. Moments are milliseconds since 1970 UTC; bodies are JSON."""

from typing import Final

VERSION: Final = 1

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS about (version INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, instance TEXT NOT NULL, tenant TEXT NOT NULL,"
    " state TEXT NOT NULL, priority INTEGER NOT NULL, created BIGINT NOT NULL, started BIGINT NOT NULL,"
    " ended BIGINT NOT NULL, share DOUBLE PRECISION NOT NULL, speed DOUBLE PRECISION NOT NULL, doing TEXT NOT NULL,"
    " cancel INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, result TEXT NOT NULL, seconds BIGINT NOT NULL,"
    " at_once INTEGER NOT NULL, fingerprint TEXT NOT NULL, request TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS jobs_by_tenant ON jobs (tenant, created)",
    "CREATE INDEX IF NOT EXISTS jobs_by_fingerprint ON jobs (fingerprint)",
    "CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (state, tenant, ended, created, seconds)",
    "CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, job TEXT NOT NULL, kind TEXT NOT NULL,"
    " number INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, threads INTEGER NOT NULL,"
    " not_before BIGINT NOT NULL, lease BIGINT NOT NULL, holder TEXT NOT NULL, share DOUBLE PRECISION NOT NULL,"
    " weight DOUBLE PRECISION NOT NULL, body TEXT NOT NULL, outcome TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS tasks_by_job ON tasks (job)",
    "CREATE INDEX IF NOT EXISTS tasks_by_state ON tasks (state)",
    "CREATE TABLE IF NOT EXISTS made (job TEXT NOT NULL, instance TEXT NOT NULL, meter TEXT NOT NULL,"
    " milliseconds BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (job, meter))",
    "CREATE INDEX IF NOT EXISTS made_by_instance ON made (instance, at)",
    "CREATE TABLE IF NOT EXISTS samples (number BIGINT NOT NULL, instance TEXT NOT NULL, indicator TEXT NOT NULL,"
    " ts BIGINT NOT NULL, ok INTEGER NOT NULL, error TEXT NOT NULL, latency BIGINT NOT NULL,"
    " PRIMARY KEY (instance, number))",
    "CREATE TABLE IF NOT EXISTS sent (instance TEXT PRIMARY KEY, number BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS templates (tenant TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,"
    " made BIGINT NOT NULL, retired INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tenant, name, version))",
    "CREATE TABLE IF NOT EXISTS links (secret TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, job TEXT NOT NULL, tenant TEXT NOT NULL,"
    " url TEXT NOT NULL, body TEXT NOT NULL,"
    " tries INTEGER NOT NULL, not_before BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL)",
)
"""Statements both databases understand, each harmless when run again."""
