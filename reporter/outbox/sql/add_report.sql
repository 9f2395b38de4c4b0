-- `submit`, once a file. One row and four index entries.
INSERT INTO report (report_id, form, period, revision, body, digest, content, file, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
