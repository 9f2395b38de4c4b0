-- `verify` and `rebuild`, once: how much there is; reads an index of `report` whole
-- (about a second for ten million reports).
SELECT (SELECT count(*) FROM tonghop.report), (SELECT count(*) FROM tonghop.current_report),
       (SELECT count(*) FROM tonghop.state_change)
