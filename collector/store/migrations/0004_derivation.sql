-- Tells who keeps figures between questions that `rebuild` has derived a district's rows
-- anew. Run by `tonghop-collector migrate` as the owner, once, in one transaction.

CREATE TABLE tonghop.derivation (
    district_id integer PRIMARY KEY,
    times       integer NOT NULL
);
COMMENT ON TABLE tonghop.derivation IS 'Districts of which rebuild has repaired derived rows; with the head of the chain it says what the figures are';
COMMENT ON COLUMN tonghop.derivation.district_id IS 'District';
COMMENT ON COLUMN tonghop.derivation.times IS 'How often rebuild has repaired something';

GRANT SELECT ON tonghop.derivation TO tonghop_writer, tonghop_reader;
