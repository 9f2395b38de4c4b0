-- Each freezing: the bytes of one file. $1 number, $2 format, $3 digest, $4 content.
INSERT INTO tonghop.assessment_file (number, format, digest, content)
VALUES ($1::integer, $2::text, $3::bytea, $4::bytea)
