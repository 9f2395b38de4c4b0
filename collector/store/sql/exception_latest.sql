-- Batches with a report that came after its lock, and `unlock`, under the locks of their
-- heads: of each key the exception with the highest number, which is in force until its
-- end. An index look-up a key. $1 district ids, $2 form ids, $3 ordinals.
SELECT DISTINCT ON (x.district_id, x.form_id, x.period)
       x.district_id, x.form_id, x.period, x.until, x.reason
FROM unnest($1::integer[], $2::integer[], $3::integer[]) AS u (district_id, form_id, period)
JOIN tonghop.lock_exception AS x
  ON x.district_id = u.district_id AND x.form_id = u.form_id AND x.period = u.period
ORDER BY x.district_id, x.form_id, x.period, x.event_sequence DESC
