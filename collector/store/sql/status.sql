-- `tonghop-collector status`: counts whole tables, so it takes as long as reading the
-- index of `report` (about a second for ten million reports).
SELECT (SELECT count(*) FROM tonghop.report),
       (SELECT count(*) FROM tonghop.current_report),
       (SELECT count(*) FROM tonghop.rejection),
       (SELECT count(DISTINCT district_id) FROM tonghop.enrolment
        WHERE role = 'district' AND revoked_at IS NULL),
       (SELECT count(*) FROM tonghop.enrolment WHERE role <> 'district' AND revoked_at IS NULL),
       (SELECT coalesce(max(version), 0) FROM tonghop.catalogue_version),
       (SELECT coalesce(max(sequence), 0) FROM tonghop.province_event),
       (SELECT max(accepted_at) FROM tonghop.district_head WHERE sequence > 0),
       clock_timestamp(),
       (SELECT coalesce(max(version), 0)::integer FROM tonghop.schema_migration)
