-- The list of final assessments, one of them, and `verify`: without contents. $1 number
-- (0: all).
SELECT number, event_sequence, forms, period, as_of, frozen_at, account, role, acting_key,
       language, style, exceptions
FROM tonghop.assessment
WHERE $1::integer = 0 OR number = $1::integer
ORDER BY number
