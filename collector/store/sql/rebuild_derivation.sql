-- `rebuild`, when it has repaired something of a district: figures that collectors keep of
-- it are void. One row. $1 district id.
INSERT INTO tonghop.derivation AS d (district_id, times) VALUES ($1::integer, 1)
ON CONFLICT (district_id) DO UPDATE SET times = d.times + excluded.times
