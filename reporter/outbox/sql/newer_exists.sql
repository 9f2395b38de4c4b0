-- `resubmit`: highest revision of a key that the province has accepted. Two index
-- look-ups.
SELECT max((SELECT coalesce(max(revision), 0) FROM report
            WHERE form = ?1 AND period = ?2 AND state = 'accepted'),
           (SELECT coalesce(max(revision), 0) FROM entry WHERE form = ?1 AND period = ?2));
