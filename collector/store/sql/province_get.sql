-- Run by every program at start; one row.
SELECT code, name_vi, name_en, time_zone FROM tonghop.province
