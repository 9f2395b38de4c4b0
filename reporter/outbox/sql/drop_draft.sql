-- `release` (a prepared one) and `withdraw` (of any state: ?2 empty). One row by id.
DELETE FROM draft WHERE draft_id = ?1 AND (?2 = '' OR state = ?2);
