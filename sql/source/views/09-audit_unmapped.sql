-- What the map does not know, the most frequent first: summaries that match none of its patterns, and
-- categories that it never names. An empty answer means that this log holds nothing but known events.
WITH events AS (
    SELECT * FROM audit_events
),

unknown AS (
    SELECT
        'summary' AS what,
        COALESCE(summary, '') AS words,
        COALESCE(category, '') AS category,
        object_type,
        happened,
        id
    FROM events
    WHERE action IS NULL
    UNION ALL
    SELECT
        'category' AS what,
        COALESCE(category, '') AS words,
        COALESCE(category, '') AS category,
        object_type,
        happened,
        id
    FROM events
    WHERE lower(trim(COALESCE(category, ''))) NOT IN (
        SELECT lower(category) FROM audit_event_map WHERE category IS NOT NULL
    )
)

SELECT
    what,
    words,
    category,
    COUNT(*) AS events,
    MIN(happened) AS first_seen,
    MAX(happened) AS last_seen,
    MAX(object_type) AS an_object_type,
    MAX(id) AS an_id
FROM unknown
GROUP BY what, words, category
ORDER BY events DESC, what, words, category
