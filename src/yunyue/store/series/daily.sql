-- The month of every instance at once: each day's attempts, good ones, gaps, and milliseconds down by method M1 (of
-- each piece of an outage begun minutes are counted whole).
-- Says the same as windows.sql with the cut at midnights (a test compares them); it is for many instances, of which
-- windows.sql would hand over every minute. It keeps to the same SQL that every engine reads alike.
WITH
seen AS (
  SELECT instance, position, ts, local_day, ok, error
  FROM samples
  WHERE indicator = $indicator AND ts >= $since AND ts < $until
),
hours AS (
  SELECT instance, local_day, ts - ts % 3600000 AS hour_start,
    SUM(CASE WHEN error = 'gap' OR ts < $start OR ts >= $end THEN 0 ELSE 1 END) AS attempts,
    SUM(CASE WHEN ok AND ts >= $start AND ts < $end THEN 1 ELSE 0 END) AS successes,
    SUM(CASE WHEN error = 'gap' AND ts >= $start AND ts < $end THEN 1 ELSE 0 END) AS missing,
    SUM(CASE WHEN ok OR error = 'gap' THEN 0 ELSE 1 END) AS failures,
    MIN(CASE WHEN error = 'gap' THEN NULL ELSE ts END) AS attempted
  FROM seen
  GROUP BY instance, local_day, ts - ts % 3600000
),
days AS (
  SELECT instance, local_day, SUM(attempts) AS total, SUM(successes) AS good, SUM(missing) AS gaps
  FROM hours
  GROUP BY instance, local_day
  HAVING SUM(attempts) + SUM(missing) > 0
),
calendar AS (
  SELECT DISTINCT local_day, CAST(local_day AS BIGINT) * 86400000 - 28800000 AS midnight
  FROM days
),
-- Of an hour in which nothing failed, its first attempt says all; sorting the others would be nine tenths of the work.
telling AS (
  SELECT seen.instance AS instance, seen.position AS position, seen.ts AS ts, seen.ok AS ok
  FROM seen
  JOIN hours ON hours.instance = seen.instance AND hours.hour_start = seen.ts - seen.ts % 3600000
  WHERE hours.failures > 0 AND seen.error <> 'gap'
  UNION ALL
  SELECT instance, CAST(0 AS BIGINT) AS position, attempted AS ts, TRUE AS ok
  FROM hours
  WHERE failures = 0 AND attempted IS NOT NULL
),
states AS (
  SELECT instance, position, ts, ok,
    LAG(ok, 1, TRUE) OVER (PARTITION BY instance ORDER BY ts, position) AS earlier
  FROM telling
),
turns AS (
  SELECT instance, ts, ok,
    LEAD(ts, 1, CAST($end AS BIGINT)) OVER (PARTITION BY instance ORDER BY ts, position) AS turned
  FROM states
  WHERE ok <> earlier
),
pieces AS (
  SELECT turns.instance AS instance, calendar.local_day AS local_day,
    CASE WHEN turns.ts > calendar.midnight THEN turns.ts ELSE calendar.midnight END AS piece_start,
    CASE WHEN turns.turned < calendar.midnight + 86400000 THEN turns.turned
      ELSE calendar.midnight + 86400000 END AS piece_stop
  FROM turns
  JOIN calendar ON turns.ts < calendar.midnight + 86400000 AND turns.turned > calendar.midnight
  WHERE NOT turns.ok AND turns.turned - turns.ts >= 60000
),
bounded AS (
  SELECT instance, local_day,
    CASE WHEN piece_start > $start THEN piece_start ELSE CAST($start AS BIGINT) END AS down_start,
    CASE WHEN piece_stop < $end THEN piece_stop ELSE CAST($end AS BIGINT) END AS down_stop
  FROM pieces
),
down AS (
  SELECT instance, local_day,
    SUM(down_stop - down_start + 59999 - (down_stop - down_start + 59999) % 60000) AS down_ms
  FROM bounded
  WHERE down_stop > down_start
  GROUP BY instance, local_day
)
SELECT days.instance AS instance, CAST(days.local_day AS BIGINT) AS local_day, CAST(days.total AS BIGINT) AS total,
  CAST(days.good AS BIGINT) AS good, CAST(days.gaps AS BIGINT) AS gaps,
  CAST(COALESCE(down.down_ms, 0) AS BIGINT) AS down_ms
FROM days
LEFT JOIN down ON down.instance = days.instance AND down.local_day = days.local_day
ORDER BY instance, local_day
