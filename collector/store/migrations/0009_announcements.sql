-- Announcements of keys (docs/security.md, "Keys") are acts in the province's chain; which of
-- them each office holds stands with its key. Run by `tonghop-collector migrate` as the owner,
-- once, in one transaction.

CREATE INDEX province_event_announcement ON tonghop.province_event (sequence)
    WHERE kind = 'announcement';

ALTER TABLE tonghop.enrolment ADD COLUMN announced_at timestamptz;
COMMENT ON COLUMN tonghop.enrolment.announced_at IS 'Instant of the newest announcement of keys that the office said it holds; NULL: none, or a client';

GRANT UPDATE (announced_at) ON tonghop.enrolment TO tonghop_writer;
