-- Delivery, once an entry that came again. One look-up.
SELECT hash FROM entry WHERE epoch = ?1 AND sequence = ?2;
