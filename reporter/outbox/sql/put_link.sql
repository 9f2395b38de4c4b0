-- Delivery, when it connects, is cut off, or fails for another reason. One row; the
-- instant stays while only the reason changes.
INSERT INTO link (one, connected, endpoint, reason, since_us, greeted_us)
VALUES (1, ?1, ?2, ?3, ?4, ?5)
ON CONFLICT (one) DO UPDATE SET
    since_us = CASE WHEN connected = excluded.connected AND (connected = 0 OR
                         endpoint = excluded.endpoint)
                    THEN since_us ELSE excluded.since_us END,
    greeted_us = max(greeted_us, excluded.greeted_us),
    connected = excluded.connected, endpoint = excluded.endpoint, reason = excluded.reason;
