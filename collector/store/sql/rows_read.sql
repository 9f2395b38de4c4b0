-- verify, rebuild and migrate: the tables of the catalogue in force, a row a table: its
-- name and its rows as a JSON array in the order and words that catalogue_rows.c writes.
SELECT 'district_opening', coalesce(json_agg(json_build_object(
           'district', d.code, 'opened', o.opened, 'closed', o.closed,
           'communes', o.communes, 'position', o.position)
       ORDER BY o.position, o.opened), '[]')::text
FROM tonghop.district_opening AS o
JOIN tonghop.district AS d ON d.district_id = o.district_id
UNION ALL
SELECT 'form_calendar', coalesce(json_agg(json_build_object(
           'form', f.code, 'opened', c.opened, 'closed', c.closed, 'due_days', c.due_days,
           'lock_days', c.lock_days, 'position', c.position)
       ORDER BY c.position), '[]')::text
FROM tonghop.form_calendar AS c
JOIN tonghop.form AS f ON f.form_id = c.form_id
UNION ALL
SELECT 'criterion_calendar', coalesce(json_agg(json_build_object(
           'form', f.code, 'criterion', k.code, 'opened', c.opened, 'closed', c.closed,
           'required', c.required, 'decimals', c.decimals, 'percent', c.percent,
           'target', trim_scale(c.target)::text, 'weight', c.weight, 'position', c.position)
       ORDER BY fc.position, c.position), '[]')::text
FROM tonghop.criterion_calendar AS c
JOIN tonghop.criterion AS k ON k.criterion_id = c.criterion_id
JOIN tonghop.form AS f ON f.form_id = k.form_id
LEFT JOIN tonghop.form_calendar AS fc ON fc.form_id = f.form_id
UNION ALL
SELECT 'criterion_group', coalesce(json_agg(json_build_object(
           'form', f.code, 'code', g.code, 'name_vi', g.name_vi, 'name_en', g.name_en,
           'position', g.position)
       ORDER BY fc.position, g.position), '[]')::text
FROM tonghop.criterion_group AS g
JOIN tonghop.form AS f ON f.form_id = g.form_id
LEFT JOIN tonghop.form_calendar AS fc ON fc.form_id = f.form_id
UNION ALL
SELECT 'criterion_choice', coalesce(json_agg(json_build_object(
           'form', f.code, 'criterion', k.code, 'value', h.value, 'name_vi', h.name_vi,
           'name_en', h.name_en, 'position', h.position)
       ORDER BY fc.position, c.position, h.position), '[]')::text
FROM tonghop.criterion_choice AS h
JOIN tonghop.criterion AS k ON k.criterion_id = h.criterion_id
JOIN tonghop.form AS f ON f.form_id = k.form_id
LEFT JOIN tonghop.form_calendar AS fc ON fc.form_id = f.form_id
LEFT JOIN tonghop.criterion_calendar AS c ON c.criterion_id = k.criterion_id
UNION ALL
SELECT 'commune', coalesce(json_agg(json_build_object(
           'code', c.code, 'opened', c.opened, 'closed', c.closed, 'district', d.code,
           'name_vi', c.name_vi, 'name_en', c.name_en)
       ORDER BY c.code COLLATE "C", c.opened), '[]')::text
FROM tonghop.commune AS c
JOIN tonghop.district AS d ON d.district_id = c.district_id
UNION ALL
SELECT 'holiday', coalesce(json_agg(json_build_object(
           'day', h.day, 'working', h.working, 'name_vi', h.name_vi, 'name_en', h.name_en)
       ORDER BY h.day), '[]')::text
FROM tonghop.holiday AS h
UNION ALL
SELECT 'named_period', coalesce(json_agg(json_build_object(
           'code', n.code, 'first_day', n.first_day, 'last_day', n.last_day,
           'name_vi', n.name_vi, 'name_en', n.name_en)
       ORDER BY n.code COLLATE "C"), '[]')::text
FROM tonghop.named_period AS n
