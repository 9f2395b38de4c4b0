-- Run after each load of a catalogue; the whole table (some hundred rows).
SELECT district_id, code, first_enrolled_at FROM tonghop.district
