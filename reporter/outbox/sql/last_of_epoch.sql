-- Delivery, when entries of an epoch are asked for. One look-up.
SELECT coalesce(max(sequence), 0) FROM entry WHERE epoch = ?1;
