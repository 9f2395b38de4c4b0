-- Restorations to an older moment (SEMANTICS 10). Run by `tonghop-collector migrate` as
-- the owner, once, in one transaction. Written by `tonghop-collector restored` alone; rows
-- are never changed.

CREATE TABLE tonghop.restoration (
    number         integer PRIMARY KEY CHECK (number > 0),
    epoch          integer NOT NULL UNIQUE CHECK (epoch > 1),
    event_sequence bigint NOT NULL UNIQUE,
    at             timestamptz NOT NULL,
    restored_to    timestamptz NOT NULL CHECK (restored_to <= at),
    reason         text NOT NULL CHECK (reason <> '')
);
COMMENT ON TABLE tonghop.restoration IS 'Each time that the database was put back to an older moment: from then on every chain goes on in the next epoch';
COMMENT ON COLUMN tonghop.restoration.number IS '1, 2, 3 ...';
COMMENT ON COLUMN tonghop.restoration.epoch IS 'The epoch that it began; above every earlier one';
COMMENT ON COLUMN tonghop.restoration.event_sequence IS 'The act in the province''s chain; the chain''s restored head is the act before it';
COMMENT ON COLUMN tonghop.restoration.at IS 'Instant of the act, that of the province''s chain';
COMMENT ON COLUMN tonghop.restoration.restored_to IS 'The older moment: what was accepted by then is here; answers as of later instants given before "at" are void';
COMMENT ON COLUMN tonghop.restoration.reason IS 'Why, for people';

CREATE TABLE tonghop.restoration_head (
    district_id   integer NOT NULL REFERENCES tonghop.district,
    number        integer NOT NULL REFERENCES tonghop.restoration,
    epoch         integer NOT NULL,
    sequence      bigint NOT NULL,
    hash          bytea NOT NULL CHECK (octet_length(hash) = 32),
    lost_epoch    integer,
    lost_sequence bigint,
    lost_hash     bytea CHECK (octet_length(lost_hash) = 32),
    PRIMARY KEY (district_id, number),
    CHECK ((lost_epoch IS NULL) = (lost_sequence IS NULL)
           AND (lost_epoch IS NULL) = (lost_hash IS NULL))
);
COMMENT ON TABLE tonghop.restoration_head IS 'Where each district''s chain stood when a restoration was recorded: the new epoch continues this entry';
COMMENT ON COLUMN tonghop.restoration_head.district_id IS 'District';
COMMENT ON COLUMN tonghop.restoration_head.number IS 'The restoration';
COMMENT ON COLUMN tonghop.restoration_head.epoch IS 'Epoch of the last entry, 0 when there was none';
COMMENT ON COLUMN tonghop.restoration_head.sequence IS 'Its sequence, 0 when there was none';
COMMENT ON COLUMN tonghop.restoration_head.hash IS 'Its hash, 32 zero bytes when there was none';
COMMENT ON COLUMN tonghop.restoration_head.lost_epoch IS 'Of the head exported before the loss, where the restored chain does not contain it; NULL: none was given';
COMMENT ON COLUMN tonghop.restoration_head.lost_sequence IS 'Its sequence';
COMMENT ON COLUMN tonghop.restoration_head.lost_hash IS 'Its hash';

COMMENT ON COLUMN tonghop.report.received_at IS 'When the report came, where that is not accepted_at: told by an import, or proved by the receipt from before a restoration; decides timeliness; NULL: accepted_at does';

CREATE OR REPLACE VIEW tonghop.v_report AS
SELECT d.code AS district, f.code AS form, tonghop.period_id(f.frequency, r.period) AS period,
       r.revision, c.revision IS NOT NULL AS current, c.state, r.accepted_at, r.received_at,
       CASE WHEN r.imported THEN 'import' WHEN r.received_at IS NOT NULL THEN 'restored'
            ELSE 'wire' END AS origin, r.complete,
       r.value_count, r.na_count, r.catalogue_version, r.report_id, r.epoch, r.sequence,
       encode(r.digest, 'hex') AS digest, encode(r.hash, 'hex') AS hash
FROM tonghop.report r
JOIN tonghop.district d USING (district_id)
JOIN tonghop.form f USING (form_id)
LEFT JOIN tonghop.current_report c
       ON c.district_id = r.district_id AND c.form_id = r.form_id AND c.period = r.period
      AND c.report_id = r.report_id;

GRANT SELECT ON tonghop.restoration, tonghop.restoration_head TO tonghop_writer, tonghop_reader;
