-- `restored`: whatever is accepted from now on is later than the act, even if the clock
-- steps back. $1: the act's instant.
UPDATE tonghop.horizon SET ceiling = greatest(ceiling, $1::timestamptz)
