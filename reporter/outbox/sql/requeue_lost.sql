-- Delivery, once an epoch that a restoration in the province began: reports accepted after
-- the last entry that is left of an epoch go back into the queue; epoch and sequence stay
-- those of the receipt, which goes along. Reads every report's row.
UPDATE report SET state = 'queued' WHERE state = 'accepted' AND epoch = ?1 AND sequence > ?2;
