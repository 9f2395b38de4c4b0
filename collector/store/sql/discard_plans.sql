-- A writer's 1st, 2nd, 4th, 8th ... batch: statements are planned again. A plan that was made
-- while a table was empty may go by any index that begins with district_id, since all cost
-- nothing then; kept, it would read every report of a district to find one.
DISCARD PLANS
