-- The SLA window of one instance's indicator, from $start up to $end (ms): minutes, five-minute buckets, outages.
-- The only definition there is. It keeps to the SQL that DuckDB, ClickHouse, Spark, PostgreSQL and SQLite read alike:
-- times are BIGINT milliseconds, nothing is divided, no name stands for two things, every LAG and LEAD has a typed
-- default, every ORDER BY is unique and stands around the whole of a union.
-- $since and $until reach beyond the window, so that an outage is seen whole when it crosses an edge.
WITH
seen AS (
  SELECT position, ts, ok, error
  FROM samples
  WHERE instance = $instance AND indicator = $indicator AND ts >= $since AND ts < $until
),
minutes AS (
  SELECT ts - ts % 60000 AS minute_start,
    SUM(CASE WHEN error = 'gap' THEN 0 ELSE 1 END) AS attempts,
    SUM(CASE WHEN ok THEN 1 ELSE 0 END) AS successes,
    SUM(CASE WHEN error = 'gap' THEN 1 ELSE 0 END) AS missing
  FROM seen
  WHERE ts >= $start AND ts < $end
  GROUP BY ts - ts % 60000
),
buckets AS (
  SELECT minute_start - minute_start % 300000 AS bucket_start,
    SUM(attempts) AS bucket_attempts, SUM(successes) AS bucket_successes, SUM(missing) AS bucket_missing
  FROM minutes
  GROUP BY minute_start - minute_start % 300000
),
states AS (
  SELECT position, ts, ok, LAG(ok, 1, TRUE) OVER (ORDER BY ts, position) AS earlier
  FROM seen
  WHERE error <> 'gap'
),
turns AS (
  SELECT ts, ok, LEAD(ts, 1, CAST($end AS BIGINT)) OVER (ORDER BY ts, position) AS turned
  FROM states
  WHERE ok <> earlier
),
outages AS (
  SELECT ts AS outage_start, turned AS outage_stop
  FROM turns
  WHERE NOT ok AND ts < $end AND turned > $start
),
lines AS (
  SELECT 'minute' AS kind, minute_start AS line_start, minute_start + 60000 AS line_stop,
    CAST(attempts AS BIGINT) AS total, CAST(successes AS BIGINT) AS good, CAST(missing AS BIGINT) AS gaps
  FROM minutes
  UNION ALL
  SELECT 'bucket' AS kind, bucket_start AS line_start, bucket_start + 300000 AS line_stop,
    CAST(bucket_attempts AS BIGINT) AS total, CAST(bucket_successes AS BIGINT) AS good,
    CAST(bucket_missing AS BIGINT) AS gaps
  FROM buckets
  UNION ALL
  SELECT 'outage' AS kind, outage_start AS line_start, outage_stop AS line_stop,
    CAST(0 AS BIGINT) AS total, CAST(0 AS BIGINT) AS good, CAST(0 AS BIGINT) AS gaps
  FROM outages
)
SELECT kind, line_start, line_stop, total, good, gaps
FROM lines
ORDER BY kind, line_start
