-- An import of a catalogue, and migrate: empties the tables that hold the catalogue in
-- force, to be filled anew by rows_insert in the same transaction. Some thousand rows.
WITH opening AS (DELETE FROM tonghop.district_opening),
     form AS (DELETE FROM tonghop.form_calendar),
     criterion AS (DELETE FROM tonghop.criterion_calendar),
     "group" AS (DELETE FROM tonghop.criterion_group),
     choice AS (DELETE FROM tonghop.criterion_choice),
     commune AS (DELETE FROM tonghop.commune),
     holiday AS (DELETE FROM tonghop.holiday)
DELETE FROM tonghop.named_period
