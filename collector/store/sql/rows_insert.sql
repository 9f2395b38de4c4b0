-- After rows_delete, and after the put_ statements: the catalogue in force as rows. Some
-- thousand rows. $1: the tables as JSON, an array of objects each (catalogue_rows.c); the
-- same text is what verify compares with rows_read.
WITH opening AS (
    INSERT INTO tonghop.district_opening (district_id, opened, closed, communes, position)
    SELECT d.district_id, u.opened, u.closed, u.communes, u.position
    FROM json_to_recordset($1::text::json -> 'district_opening')
         AS u (district text, opened date, closed date, communes integer, position integer)
    JOIN tonghop.district AS d ON d.code = u.district
), form AS (
    INSERT INTO tonghop.form_calendar (form_id, opened, closed, due_days, lock_days, position)
    SELECT f.form_id, u.opened, u.closed, u.due_days, u.lock_days, u.position
    FROM json_to_recordset($1::text::json -> 'form_calendar')
         AS u (form text, opened date, closed date, due_days integer, lock_days integer,
               position integer)
    JOIN tonghop.form AS f ON f.code = u.form
), criterion AS (
    INSERT INTO tonghop.criterion_calendar (criterion_id, opened, closed, required, decimals,
                                            percent, target, weight, position)
    SELECT k.criterion_id, u.opened, u.closed, u.required, u.decimals, u.percent, u.target,
           u.weight, u.position
    FROM json_to_recordset($1::text::json -> 'criterion_calendar')
         AS u (form text, criterion text, opened date, closed date, required boolean,
               decimals integer, percent boolean, target numeric, weight integer,
               position integer)
    JOIN tonghop.form AS f ON f.code = u.form
    JOIN tonghop.criterion AS k ON k.form_id = f.form_id AND k.code = u.criterion
), "group" AS (
    INSERT INTO tonghop.criterion_group (form_id, code, name_vi, name_en, position)
    SELECT f.form_id, u.code, u.name_vi, u.name_en, u.position
    FROM json_to_recordset($1::text::json -> 'criterion_group')
         AS u (form text, code text, name_vi text, name_en text, position integer)
    JOIN tonghop.form AS f ON f.code = u.form
), choice AS (
    INSERT INTO tonghop.criterion_choice (criterion_id, value, name_vi, name_en, position)
    SELECT k.criterion_id, u.value, u.name_vi, u.name_en, u.position
    FROM json_to_recordset($1::text::json -> 'criterion_choice')
         AS u (form text, criterion text, value text, name_vi text, name_en text,
               position integer)
    JOIN tonghop.form AS f ON f.code = u.form
    JOIN tonghop.criterion AS k ON k.form_id = f.form_id AND k.code = u.criterion
), commune AS (
    INSERT INTO tonghop.commune (code, opened, closed, district_id, name_vi, name_en)
    SELECT u.code, u.opened, u.closed, d.district_id, u.name_vi, u.name_en
    FROM json_to_recordset($1::text::json -> 'commune')
         AS u (code text, opened date, closed date, district text, name_vi text, name_en text)
    JOIN tonghop.district AS d ON d.code = u.district
), holiday AS (
    INSERT INTO tonghop.holiday (day, working, name_vi, name_en)
    SELECT u.day, u.working, u.name_vi, u.name_en
    FROM json_to_recordset($1::text::json -> 'holiday')
         AS u (day date, working boolean, name_vi text, name_en text)
)
INSERT INTO tonghop.named_period (code, first_day, last_day, name_vi, name_en)
SELECT u.code, u.first_day, u.last_day, u.name_vi, u.name_en
FROM json_to_recordset($1::text::json -> 'named_period')
     AS u (code text, first_day date, last_day date, name_vi text, name_en text)
