-- `verify`, once: how many acts froze an assessment; reads the province's chain once.
SELECT count(*) FROM tonghop.province_event WHERE kind = 'assessment'
