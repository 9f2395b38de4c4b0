-- `resubmit`: highest revision of a key that the province has accepted, but for receipts
-- of reports that a restoration lost. Some index look-ups.
SELECT max((SELECT coalesce(max(revision), 0) FROM report
            WHERE form = ?1 AND period = ?2 AND state = 'accepted'),
           (SELECT coalesce(max(e.revision), 0) FROM entry e
            WHERE e.form = ?1 AND e.period = ?2
              AND NOT EXISTS (SELECT 1 FROM report o
                              WHERE o.report_id = e.report_id AND o.state <> 'accepted')));
