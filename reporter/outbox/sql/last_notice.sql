-- Delivery, at every greeting. One look-up.
SELECT coalesce(max(notice_id), 0) FROM notice;
