-- The SLA window of one instance's indicator, from $start up to $end (ms): minutes, five-minute buckets, outages.
-- The only definition there is. It keeps to the SQL that every engine reads alike: times are BIGINT milliseconds, days
-- are plain numbers, every LAG and LEAD has a typed default, every ORDER BY is unique.
-- $since and $until reach beyond the window, so that an outage is seen whole when it crosses an edge.
WITH
seen AS (
  SELECT position, ts, ok, error
  FROM samples
  WHERE instance = $instance AND indicator = $indicator AND ts >= $since AND ts < $until
    AND local_day >= ($since + 28800000) // 86400000 AND local_day <= ($until + 28800000) // 86400000
),
minutes AS (
  SELECT ts - ts % 60000 AS start,
    SUM(CASE WHEN error = 'gap' THEN 0 ELSE 1 END) AS total,
    SUM(CASE WHEN ok THEN 1 ELSE 0 END) AS good,
    SUM(CASE WHEN error = 'gap' THEN 1 ELSE 0 END) AS gaps
  FROM seen
  WHERE ts >= $start AND ts < $end
  GROUP BY ts - ts % 60000
),
buckets AS (
  SELECT start - start % 300000 AS start, SUM(total) AS total, SUM(good) AS good, SUM(gaps) AS gaps
  FROM minutes
  GROUP BY start - start % 300000
),
states AS (
  SELECT position, ts, ok, LAG(ok, 1, TRUE) OVER (ORDER BY ts, position) AS before
  FROM seen
  WHERE error <> 'gap'
),
turns AS (
  SELECT ts, ok, LEAD(ts, 1, CAST($end AS BIGINT)) OVER (ORDER BY ts, position) AS stop
  FROM states
  WHERE ok <> before
),
outages AS (
  SELECT ts AS start, stop
  FROM turns
  WHERE NOT ok AND ts < $end AND stop > $start
)
SELECT 'minute' AS kind, start, start + 60000 AS stop,
  CAST(total AS BIGINT) AS total, CAST(good AS BIGINT) AS good, CAST(gaps AS BIGINT) AS gaps
FROM minutes
UNION ALL
SELECT 'bucket', start, start + 300000, CAST(total AS BIGINT), CAST(good AS BIGINT), CAST(gaps AS BIGINT)
FROM buckets
UNION ALL
SELECT 'outage', start, stop, CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
FROM outages
ORDER BY kind, start
