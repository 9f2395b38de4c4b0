-- `submit`, once a file, inside its transaction: one above the highest revision of a
-- key that the office made, that the province named, or that the chain holds.
-- Three index look-ups.
SELECT 1 + max(
    (SELECT coalesce(max(revision), 0) FROM report WHERE form = ?1 AND period = ?2),
    (SELECT coalesce(max(known_revision), 0) FROM report WHERE form = ?1 AND period = ?2),
    (SELECT coalesce(max(revision), 0) FROM entry WHERE form = ?1 AND period = ?2));
