-- `submit` with sign_off, once a file: a draft, in place of the earlier draft of its key but
-- not of a prepared one. One row and two index entries.
INSERT INTO draft (draft_id, form, period, file, created_us, content, body)
VALUES (?1, ?2, ?3, ?4, ?5, zeroblob(32), ?6)
ON CONFLICT (form, period) DO UPDATE SET draft_id = excluded.draft_id, file = excluded.file,
    created_us = excluded.created_us, body = excluded.body
WHERE draft.state = 'draft';
