-- The month of every instance at once: each day's attempts, good ones, gaps, and minutes down by method M1.
-- Says the same as windows.sql with the cut at midnights (a test compares them); it is for many instances, of which
-- windows.sql would hand over every minute. It keeps to the same SQL that every engine reads alike.
WITH
seen AS (
  SELECT instance, position, ts, local_day, ok, error
  FROM samples
  WHERE indicator = $indicator AND ts >= $since AND ts < $until
),
hours AS (
  SELECT instance, local_day AS day, ts - ts % 3600000 AS hour,
    SUM(CASE WHEN error = 'gap' OR ts < $start OR ts >= $end THEN 0 ELSE 1 END) AS total,
    SUM(CASE WHEN ok AND ts >= $start AND ts < $end THEN 1 ELSE 0 END) AS good,
    SUM(CASE WHEN error = 'gap' AND ts >= $start AND ts < $end THEN 1 ELSE 0 END) AS gaps,
    SUM(CASE WHEN ok OR error = 'gap' THEN 0 ELSE 1 END) AS failed,
    MIN(CASE WHEN error = 'gap' THEN NULL ELSE ts END) AS attempted
  FROM seen
  GROUP BY instance, local_day, ts - ts % 3600000
),
days AS (
  SELECT instance, day, SUM(total) AS total, SUM(good) AS good, SUM(gaps) AS gaps
  FROM hours
  GROUP BY instance, day
  HAVING SUM(total) + SUM(gaps) > 0
),
calendar AS (
  SELECT DISTINCT day, CAST(day AS BIGINT) * 86400000 - 28800000 AS midnight
  FROM days
),
-- Of an hour in which nothing failed, its first attempt says all; sorting the others would be nine tenths of the work.
telling AS (
  SELECT seen.instance, seen.position, seen.ts, seen.ok
  FROM seen
  JOIN hours ON hours.instance = seen.instance AND hours.hour = seen.ts - seen.ts % 3600000
  WHERE hours.failed > 0 AND seen.error <> 'gap'
  UNION ALL
  SELECT instance, 0, attempted, TRUE
  FROM hours
  WHERE failed = 0 AND attempted IS NOT NULL
),
states AS (
  SELECT instance, position, ts, ok,
    LAG(ok, 1, TRUE) OVER (PARTITION BY instance ORDER BY ts, position) AS before
  FROM telling
),
turns AS (
  SELECT instance, ts, ok,
    LEAD(ts, 1, CAST($end AS BIGINT)) OVER (PARTITION BY instance ORDER BY ts, position) AS stop
  FROM states
  WHERE ok <> before
),
pieces AS (
  SELECT turns.instance, calendar.day,
    CASE WHEN turns.ts > midnight THEN turns.ts ELSE midnight END AS start,
    CASE WHEN turns.stop < midnight + 86400000 THEN turns.stop ELSE midnight + 86400000 END AS stop
  FROM turns
  JOIN calendar ON turns.ts < midnight + 86400000 AND turns.stop > midnight
  WHERE NOT turns.ok AND turns.stop - turns.ts >= 60000
),
bounded AS (
  SELECT instance, day,
    CASE WHEN start > $start THEN start ELSE $start END AS start,
    CASE WHEN stop < $end THEN stop ELSE $end END AS stop
  FROM pieces
),
down AS (
  SELECT instance, day, SUM((stop - start + 59999) // 60000) AS minutes
  FROM bounded
  WHERE stop > start
  GROUP BY instance, day
)
SELECT days.instance, CAST(days.day AS BIGINT), CAST(total AS BIGINT), CAST(good AS BIGINT), CAST(gaps AS BIGINT),
  CAST(COALESCE(down.minutes, 0) AS BIGINT)
FROM days
LEFT JOIN down ON down.instance = days.instance AND down.day = days.day
ORDER BY days.instance, days.day
