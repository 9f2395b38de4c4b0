-- Run after each load of a catalogue; the whole table (some ten rows).
SELECT form_id, code FROM tonghop.form
