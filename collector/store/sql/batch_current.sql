-- Each batch, after its locks: the current revision of each key, its state, and until when
-- it is open past its lock; an index look-up a key. $1 district ids, $2 form ids, $3 ordinals.
SELECT c.district_id, c.form_id, c.period, c.revision, c.state, c.open_until
FROM unnest($1::integer[], $2::integer[], $3::integer[]) AS u (district_id, form_id, period)
JOIN tonghop.current_report AS c
  ON c.district_id = u.district_id AND c.form_id = u.form_id AND c.period = u.period
