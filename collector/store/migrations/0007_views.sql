-- The catalogue in force as rows, and the views of consolidated figures and of
-- completeness (SEMANTICS 5 and 7; docs/sql.md). Run by `tonghop-collector migrate` as the
-- owner, once, in one transaction; the rows are then written by the program, from the
-- stored catalogue (sql/rows_insert.sql), and again by every import. Citus: all tables here
-- are reference tables; functions read districts' tables in a MATERIALIZED CTE that joins
-- on district_id alone, and aggregate what came of it.

-- ------------------------------------------------- the catalogue in force, as rows
-- district, form and criterion (0001) keep what was ever there; what stands in these
-- tables is in force, and is replaced as a whole.

CREATE TABLE tonghop.district_opening (
    district_id integer NOT NULL REFERENCES tonghop.district,
    opened      date NOT NULL,
    closed      date CHECK (closed >= opened),
    communes    integer CHECK (communes >= 0),
    position    integer NOT NULL CHECK (position >= 0),
    PRIMARY KEY (district_id, opened)
);
COMMENT ON TABLE tonghop.district_opening IS 'When each district of the catalogue in force is open; intervals of one district do not overlap';
COMMENT ON COLUMN tonghop.district_opening.district_id IS 'District';
COMMENT ON COLUMN tonghop.district_opening.opened IS 'First day';
COMMENT ON COLUMN tonghop.district_opening.closed IS 'Last day; NULL: open';
COMMENT ON COLUMN tonghop.district_opening.communes IS 'Number of communes in this interval; NULL: not given';
COMMENT ON COLUMN tonghop.district_opening.position IS 'Place of the district in the catalogue, from 0';

CREATE TABLE tonghop.form_calendar (
    form_id   integer PRIMARY KEY REFERENCES tonghop.form,
    opened    date NOT NULL,
    closed    date CHECK (closed >= opened),
    due_days  integer NOT NULL,
    lock_days integer,
    position  integer NOT NULL CHECK (position >= 0)
);
COMMENT ON TABLE tonghop.form_calendar IS 'Forms of the catalogue in force: when they are reported on, due and locked';
COMMENT ON COLUMN tonghop.form_calendar.form_id IS 'Form';
COMMENT ON COLUMN tonghop.form_calendar.opened IS 'First day';
COMMENT ON COLUMN tonghop.form_calendar.closed IS 'Last day; NULL: open';
COMMENT ON COLUMN tonghop.form_calendar.due_days IS 'Due that many days after the base period, moved to a working day';
COMMENT ON COLUMN tonghop.form_calendar.lock_days IS 'Locked that many days after the base period; NULL: never';
COMMENT ON COLUMN tonghop.form_calendar.position IS 'Place in the catalogue, from 0';

CREATE TABLE tonghop.criterion_calendar (
    criterion_id integer PRIMARY KEY REFERENCES tonghop.criterion,
    opened       date NOT NULL,
    closed       date CHECK (closed >= opened),
    required     boolean NOT NULL,
    decimals     integer NOT NULL,
    percent      boolean NOT NULL,
    target       numeric,
    weight       integer NOT NULL,
    position     integer NOT NULL CHECK (position >= 0)
);
COMMENT ON TABLE tonghop.criterion_calendar IS 'Criteria of the catalogue in force: when they are asked for, and how';
COMMENT ON COLUMN tonghop.criterion_calendar.criterion_id IS 'Criterion';
COMMENT ON COLUMN tonghop.criterion_calendar.opened IS 'First day';
COMMENT ON COLUMN tonghop.criterion_calendar.closed IS 'Last day; NULL: open';
COMMENT ON COLUMN tonghop.criterion_calendar.required IS 'A report without it is not complete';
COMMENT ON COLUMN tonghop.criterion_calendar.decimals IS 'Digits after the point that a report may carry';
COMMENT ON COLUMN tonghop.criterion_calendar.percent IS 'People see the ratio as a percentage';
COMMENT ON COLUMN tonghop.criterion_calendar.target IS 'The criterion''s own target, of a ratio: of its quotient; NULL: none';
COMMENT ON COLUMN tonghop.criterion_calendar.weight IS 'Weight in composites; 0: none';
COMMENT ON COLUMN tonghop.criterion_calendar.position IS 'Place in the form, from 0';

CREATE TABLE tonghop.criterion_group (
    form_id  integer NOT NULL REFERENCES tonghop.form,
    code     text NOT NULL,
    name_vi  text NOT NULL,
    name_en  text NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    PRIMARY KEY (form_id, code)
);
COMMENT ON TABLE tonghop.criterion_group IS 'Groups of criteria of the catalogue in force';
COMMENT ON COLUMN tonghop.criterion_group.form_id IS 'Form';
COMMENT ON COLUMN tonghop.criterion_group.code IS 'Code, unique within the form';
COMMENT ON COLUMN tonghop.criterion_group.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.criterion_group.name_en IS 'Name in English';
COMMENT ON COLUMN tonghop.criterion_group.position IS 'Place in the form, from 0';

CREATE TABLE tonghop.criterion_choice (
    criterion_id integer NOT NULL REFERENCES tonghop.criterion,
    value        text NOT NULL,
    name_vi      text NOT NULL,
    name_en      text NOT NULL,
    position     integer NOT NULL CHECK (position >= 0),
    PRIMARY KEY (criterion_id, value)
);
COMMENT ON TABLE tonghop.criterion_choice IS 'Choices of the catalogue in force';
COMMENT ON COLUMN tonghop.criterion_choice.criterion_id IS 'Criterion of kind choice';
COMMENT ON COLUMN tonghop.criterion_choice.value IS 'What a report carries';
COMMENT ON COLUMN tonghop.criterion_choice.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.criterion_choice.name_en IS 'Name in English';
COMMENT ON COLUMN tonghop.criterion_choice.position IS 'Place among the criterion''s choices, from 0';

CREATE TABLE tonghop.commune (
    code        text NOT NULL,
    opened      date NOT NULL,
    closed      date CHECK (closed >= opened),
    district_id integer NOT NULL REFERENCES tonghop.district,
    name_vi     text NOT NULL,
    name_en     text NOT NULL,
    PRIMARY KEY (code, opened)
);
COMMENT ON TABLE tonghop.commune IS 'Communes of the catalogue in force; one that moved has an interval in each district';
COMMENT ON COLUMN tonghop.commune.code IS 'Code';
COMMENT ON COLUMN tonghop.commune.opened IS 'First day in the district';
COMMENT ON COLUMN tonghop.commune.closed IS 'Last day; NULL: open';
COMMENT ON COLUMN tonghop.commune.district_id IS 'District that it belongs to';
COMMENT ON COLUMN tonghop.commune.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.commune.name_en IS 'Name in English';

CREATE TABLE tonghop.holiday (
    day     date PRIMARY KEY,
    working boolean NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL
);
COMMENT ON TABLE tonghop.holiday IS 'Days that are not what their weekday says, of the catalogue in force';
COMMENT ON COLUMN tonghop.holiday.day IS 'Day';
COMMENT ON COLUMN tonghop.holiday.working IS 'A weekend day that is worked; false: a day off';
COMMENT ON COLUMN tonghop.holiday.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.holiday.name_en IS 'Name in English';

CREATE TABLE tonghop.named_period (
    code      text PRIMARY KEY,
    first_day date NOT NULL,
    last_day  date NOT NULL,
    name_vi   text NOT NULL,
    name_en   text NOT NULL
);
COMMENT ON TABLE tonghop.named_period IS 'Named periods of the catalogue in force, such as a term of office';
COMMENT ON COLUMN tonghop.named_period.code IS 'Identifier';
COMMENT ON COLUMN tonghop.named_period.first_day IS 'First day';
COMMENT ON COLUMN tonghop.named_period.last_day IS 'Last day';
COMMENT ON COLUMN tonghop.named_period.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.named_period.name_en IS 'Name in English';

-- ------------------------------------------------------------------------ calendar

CREATE FUNCTION tonghop.period_of_day(frequency text, day date) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE frequency
        WHEN 'day' THEN day - date '1970-01-01'
        WHEN 'month' THEN (extract(year FROM day) * 12 + extract(month FROM day) - 1)::integer
        WHEN 'quarter' THEN (extract(year FROM day) * 4 + extract(quarter FROM day) - 1)::integer
        WHEN 'half' THEN extract(year FROM day)::integer * 2
                         + CASE WHEN extract(month FROM day) > 6 THEN 1 ELSE 0 END
        WHEN 'year' THEN extract(year FROM day)::integer
    END
$$;
COMMENT ON FUNCTION tonghop.period_of_day(text, date) IS 'Ordinal of the base period that a day lies in; the reverse of period_first_day';

CREATE FUNCTION tonghop.period_first_day(frequency text, ordinal integer) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE frequency
        WHEN 'day' THEN date '1970-01-01' + ordinal
        WHEN 'month' THEN make_date(ordinal / 12, ordinal % 12 + 1, 1)
        WHEN 'quarter' THEN make_date(ordinal / 4, ordinal % 4 * 3 + 1, 1)
        WHEN 'half' THEN make_date(ordinal / 2, ordinal % 2 * 6 + 1, 1)
        WHEN 'year' THEN make_date(ordinal, 1, 1)
    END
$$;
COMMENT ON FUNCTION tonghop.period_first_day(text, integer) IS 'First day of a base period; its last is the day before the next one''s first';

CREATE FUNCTION tonghop.today() RETURNS date
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT (now() AT TIME ZONE p.time_zone)::date FROM tonghop.province AS p
$$;
COMMENT ON FUNCTION tonghop.today() IS 'Today in the province''s time zone';

-- A run of days off of n days has more than n / 2 - 4 holidays in it, so the search ends.
CREATE FUNCTION tonghop.due_at(form_id integer, period integer) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT (min(d.day) + 1)::timestamp AT TIME ZONE
           (SELECT p.time_zone FROM tonghop.province AS p)
    FROM (SELECT tonghop.period_first_day(f.frequency, $2 + 1) - 1 + c.due_days + i AS day
          FROM tonghop.form AS f
          JOIN tonghop.form_calendar AS c ON c.form_id = f.form_id
          CROSS JOIN generate_series(0, 7 + 2 * (SELECT count(*)::integer
                                                 FROM tonghop.holiday)) AS i
          WHERE f.form_id = $1) AS d
    LEFT JOIN tonghop.holiday AS h ON h.day = d.day
    WHERE coalesce(h.working, extract(isodow FROM d.day) < 6)
$$;
COMMENT ON FUNCTION tonghop.due_at(integer, integer) IS 'Instant from which a report about the base period is late: the end of the due day, moved to a working day';

CREATE FUNCTION tonghop.periods(frequency text, first_day date, last_day date)
    RETURNS TABLE (period text, level text, period_first_day date, period_last_day date)
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    WITH level AS (
        SELECT l.name, l.rank
        FROM (VALUES ('day', 1), ('month', 2), ('quarter', 3), ('half', 4), ('year', 5))
             AS l (name, rank)
    ), asked AS (
        SELECT level.rank FROM level WHERE level.name = $1
    )
    SELECT tonghop.period_id(l.name, o), l.name, tonghop.period_first_day(l.name, o),
           tonghop.period_first_day(l.name, o + 1) - 1
    FROM level AS l
    JOIN asked ON l.rank >= asked.rank
    CROSS JOIN LATERAL generate_series(tonghop.period_of_day(l.name, $2),
                                       tonghop.period_of_day(l.name, $3)) AS o
    UNION ALL
    SELECT y || '-9M', 'nine_months', make_date(y, 1, 1), make_date(y, 9, 30)
    FROM asked
    CROSS JOIN LATERAL generate_series(extract(year FROM $2)::integer,
                                       extract(year FROM $3)::integer) AS y
    WHERE asked.rank < 4
    UNION ALL
    SELECT n.code, 'named', n.first_day, n.last_day
    FROM tonghop.named_period AS n
    WHERE n.first_day <= $3 AND n.last_day >= $2
$$;
COMMENT ON FUNCTION tonghop.periods(text, date, date) IS 'Base periods of a frequency between two days, the calendar''s periods above them, and named periods';

CREATE VIEW tonghop.v_period AS
SELECT f.code AS form, p.period, p.level, p.level = f.frequency AS base,
       p.period_first_day AS first_day, p.period_last_day AS last_day,
       f.form_id,
       tonghop.period_of_day(f.frequency, p.period_first_day - 1) + 1 AS first_base,
       tonghop.period_of_day(f.frequency, p.period_last_day + 1) - 1 AS last_base
FROM tonghop.form AS f
JOIN tonghop.form_calendar AS c ON c.form_id = f.form_id
CROSS JOIN LATERAL tonghop.periods(
    f.frequency,
    greatest(c.opened, (SELECT min(o.opened) FROM tonghop.district_opening AS o)),
    least(c.closed, tonghop.today())) AS p;
COMMENT ON VIEW tonghop.v_period IS 'Every period that figures can be asked for: base periods, calendar periods above them, named periods; the running ones too';

-- --------------------------------------------------------------------- consolidation

CREATE FUNCTION tonghop.rounded(num numeric, den numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN den > 0 THEN
        trim_scale(sign(num) * div(abs(num) * 2000000 + den, den * 2) * 0.000001)
    END
$$;
COMMENT ON FUNCTION tonghop.rounded(numeric, numeric) IS 'num / den with at most 6 digits after the point, half away from zero, decided on the exact rational (SEMANTICS 5.5); NULL when den is not above 0';

CREATE AGGREGATE tonghop.common_multiple(numeric) (
    SFUNC = lcm, STYPE = numeric, INITCOND = '1', PARALLEL = SAFE
);
COMMENT ON AGGREGATE tonghop.common_multiple(numeric) IS 'Least common multiple: a denominator that exact means can be added over';

CREATE FUNCTION tonghop.district_figures(form_id integer, first_base integer, last_base integer)
    RETURNS TABLE (criterion_id integer, district_id integer, reported bigint, expected bigint,
                   not_applicable bigint, num numeric, den numeric, value_num numeric,
                   value_den numeric, choice text, communes text[])
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    WITH answer AS MATERIALIZED (
        SELECT c.district_id, c.period, o.criterion_id, o.scale = -1 AS not_applicable,
               o.num * (ARRAY[1, 0.1, 0.01, 0.001, 0.0001, 0.00001, 0.000001, 0.0000001,
                              0.00000001, 0.000000001])[o.scale % 16 + 1] AS num,
               o.den * (ARRAY[1, 0.1, 0.01, 0.001, 0.0001, 0.00001, 0.000001, 0.0000001,
                              0.00000001, 0.000000001])[o.scale / 16 + 1] AS den,
               o.answer
        FROM tonghop.current_report AS c
        JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
        CROSS JOIN LATERAL unnest(r.criterion_id, r.num, r.den, r.scale, r.answer)
                        AS o (criterion_id, num, den, scale, answer)
        WHERE c.form_id = $1 AND c.period BETWEEN $2 AND $3
    ), asked AS MATERIALIZED (
        SELECT k.criterion_id, k.kind, k.time_agg,
               k.time_agg = 'last' OR k.kind IN ('choice', 'communes') AS newest,
               greatest($2, tonghop.period_of_day(f.frequency, greatest(fc.opened, kc.opened)))
                   AS first,
               least($3, tonghop.period_of_day(f.frequency, tonghop.today()),
                     tonghop.period_of_day(f.frequency, fc.closed + 1) - 1,
                     tonghop.period_of_day(f.frequency, kc.closed + 1) - 1) AS last
        FROM tonghop.criterion AS k
        JOIN tonghop.criterion_calendar AS kc ON kc.criterion_id = k.criterion_id
        JOIN tonghop.form AS f ON f.form_id = k.form_id
        JOIN tonghop.form_calendar AS fc ON fc.form_id = f.form_id
        WHERE k.form_id = $1 AND k.kind <> 'text'
    ), open AS MATERIALIZED (
        SELECT o.district_id,
               greatest($2, tonghop.period_of_day(f.frequency, o.opened)) AS first,
               least($3, tonghop.period_of_day(f.frequency, o.closed + 1) - 1) AS last
        FROM tonghop.district_opening AS o
        JOIN tonghop.form AS f ON f.form_id = $1
    ), expected AS MATERIALIZED (
        SELECT a.criterion_id, a.kind, a.time_agg, a.newest, o.district_id,
               sum(least(a.last, o.last) - greatest(a.first, o.first) + 1)::bigint AS expected
        FROM asked AS a
        JOIN open AS o ON least(a.last, o.last) >= greatest(a.first, o.first)
        GROUP BY a.criterion_id, a.kind, a.time_agg, a.newest, o.district_id
    ), counted AS MATERIALIZED (
        SELECT v.district_id, v.criterion_id,
               count(*) FILTER (WHERE NOT v.not_applicable) AS reported,
               count(*) FILTER (WHERE v.not_applicable) AS not_applicable,
               sum(v.num) AS num, sum(v.den) AS den, min(v.num) AS least, max(v.num) AS most,
               max(v.period) AS latest
        FROM answer AS v
        JOIN asked AS a ON a.criterion_id = v.criterion_id AND v.period BETWEEN a.first AND a.last
        JOIN open AS o ON o.district_id = v.district_id AND v.period BETWEEN o.first AND o.last
        GROUP BY v.district_id, v.criterion_id
    ), figure AS (
        SELECT e.criterion_id, e.district_id, e.kind, e.time_agg, e.expected,
               coalesce(c.reported, 0) AS reported,
               coalesce(c.not_applicable, 0) AS not_applicable,
               CASE WHEN e.newest THEN v.num
                    WHEN e.time_agg = 'min' THEN c.least
                    WHEN e.time_agg = 'max' THEN c.most
                    ELSE c.num END AS num,
               CASE WHEN e.newest THEN v.den ELSE c.den END AS den,
               v.answer
        FROM expected AS e
        LEFT JOIN counted AS c
               ON c.criterion_id = e.criterion_id AND c.district_id = e.district_id
        LEFT JOIN answer AS v
               ON e.newest AND v.criterion_id = c.criterion_id AND v.district_id = c.district_id
              AND v.period = c.latest AND NOT v.not_applicable
    )
    SELECT f.criterion_id, f.district_id, f.reported, f.expected, f.not_applicable,
           CASE WHEN f.kind = 'ratio' THEN trim_scale(f.num) END,
           CASE WHEN f.kind = 'ratio' THEN trim_scale(f.den) END,
           CASE WHEN f.kind = 'communes' THEN
                     cardinality(string_to_array(f.answer, ' '))::numeric
                WHEN f.kind <> 'ratio' OR f.den > 0 THEN f.num END,
           CASE WHEN f.kind = 'communes' THEN CASE WHEN f.answer IS NOT NULL THEN 1 END
                WHEN f.kind = 'ratio' THEN CASE WHEN f.den > 0 THEN f.den END
                WHEN f.num IS NULL THEN NULL
                WHEN f.time_agg = 'average' THEN f.reported
                ELSE 1 END::numeric,
           h.value,
           CASE WHEN f.kind = 'communes' THEN string_to_array(f.answer, ' ') END
    FROM figure AS f
    LEFT JOIN tonghop.criterion_choice AS h
           ON f.kind = 'choice' AND h.criterion_id = f.criterion_id AND h.value = f.answer
$$;
COMMENT ON FUNCTION tonghop.district_figures(integer, integer, integer) IS 'Figures of every district for one form over base periods, a row a criterion and district with expected > 0; the exact value is value_num / value_den. What the views of consolidated figures stand on';

CREATE FUNCTION tonghop.province_figures(form_id integer, first_base integer, last_base integer,
                                         last_day date)
    RETURNS TABLE (criterion_id integer, reported bigint, expected bigint, not_applicable bigint,
                   num numeric, den numeric, value_num numeric, value_den numeric, choice text,
                   choice_position integer, communes text[])
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    WITH figure AS MATERIALIZED (
        SELECT * FROM tonghop.district_figures($1, $2, $3)
    ), stock AS MATERIALIZED (
        SELECT CASE WHEN $4 < tonghop.today() THEN $4
                    ELSE tonghop.period_first_day(f.frequency,
                             least($3, tonghop.period_of_day(f.frequency, tonghop.today())) + 1) - 1
               END AS day
        FROM tonghop.form AS f
        WHERE f.form_id = $1
    ), total AS MATERIALIZED (
        SELECT g.criterion_id, sum(g.reported)::bigint AS reported,
               sum(g.expected)::bigint AS expected,
               sum(g.not_applicable)::bigint AS not_applicable
        FROM figure AS g
        GROUP BY g.criterion_id
    ), entering AS MATERIALIZED (
        SELECT g.*
        FROM figure AS g
        JOIN tonghop.criterion AS k ON k.criterion_id = g.criterion_id
        WHERE (g.num IS NOT NULL OR g.value_num IS NOT NULL OR g.choice IS NOT NULL)
          AND (k.time_agg <> 'last'
               OR g.district_id IN (SELECT o.district_id
                                    FROM tonghop.district_opening AS o
                                    JOIN stock AS s ON s.day BETWEEN o.opened
                                                       AND coalesce(o.closed, 'infinity')))
    ), common AS MATERIALIZED (
        SELECT e.criterion_id, tonghop.common_multiple(e.value_den) AS den
        FROM entering AS e
        WHERE e.num IS NULL AND e.value_den IS NOT NULL
        GROUP BY e.criterion_id
    ), combined AS MATERIALIZED (
        SELECT e.criterion_id, sum(e.num) AS num, sum(e.den) AS den, count(*) AS districts,
               c.den AS common,
               sum(e.value_num * div(c.den, e.value_den)) AS sum,
               min(e.value_num * div(c.den, e.value_den)) AS least,
               max(e.value_num * div(c.den, e.value_den)) AS most
        FROM entering AS e
        LEFT JOIN common AS c ON c.criterion_id = e.criterion_id
        GROUP BY e.criterion_id, c.den
    ), united AS MATERIALIZED (
        SELECT e.criterion_id, array_agg(DISTINCT m.code COLLATE "C"
                                         ORDER BY m.code COLLATE "C") AS communes
        FROM entering AS e
        CROSS JOIN LATERAL unnest(e.communes) AS m (code)
        GROUP BY e.criterion_id
    ), chosen AS MATERIALIZED (
        SELECT e.criterion_id, e.choice, count(*) AS districts
        FROM entering AS e
        WHERE e.choice IS NOT NULL
        GROUP BY e.criterion_id, e.choice
    )
    SELECT t.criterion_id, t.reported, t.expected, t.not_applicable,
           trim_scale(c.num), trim_scale(c.den),
           CASE WHEN k.kind = 'ratio' THEN CASE WHEN c.den > 0 THEN c.num END
                WHEN c.districts IS NULL THEN NULL
                WHEN k.kind = 'choice' THEN coalesce(n.districts, 0)::numeric
                WHEN k.kind = 'communes' THEN coalesce(cardinality(u.communes), 0)::numeric
                WHEN k.district_agg = 'min' THEN c.least
                WHEN k.district_agg = 'max' THEN c.most
                ELSE c.sum END,
           CASE WHEN k.kind = 'ratio' THEN CASE WHEN c.den > 0 THEN c.den END
                WHEN c.districts IS NULL THEN NULL
                WHEN k.kind IN ('choice', 'communes') THEN 1
                WHEN k.district_agg = 'average' THEN c.common * c.districts
                ELSE c.common END,
           h.value, h.position,
           CASE WHEN k.kind = 'communes' AND c.districts > 0
                THEN coalesce(u.communes, '{}'::text[]) END
    FROM total AS t
    JOIN tonghop.criterion AS k ON k.criterion_id = t.criterion_id
    LEFT JOIN combined AS c ON c.criterion_id = t.criterion_id
    LEFT JOIN united AS u ON u.criterion_id = t.criterion_id
    LEFT JOIN tonghop.criterion_choice AS h
           ON k.kind = 'choice' AND h.criterion_id = t.criterion_id
    LEFT JOIN chosen AS n ON n.criterion_id = h.criterion_id AND n.choice = h.value
$$;
COMMENT ON FUNCTION tonghop.province_figures(integer, integer, integer, date) IS 'The province''s figures for one form over base periods of a period that ends on last_day, a row a criterion, of a distribution a row a choice; the exact value is value_num / value_den';

CREATE FUNCTION tonghop.district_completeness(form_id integer, first_base integer,
                                              last_base integer)
    RETURNS TABLE (district_id integer, expected bigint, received bigint, complete bigint,
                   empty bigint, on_time bigint, late bigint, not_yet_due bigint, missing bigint,
                   returned bigint, approved bigint, historic bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    WITH arrival AS MATERIALIZED (
        SELECT c.district_id, c.period, c.state, c.complete_at, r.received_at, r.imported,
               r.complete, r.value_count = 0 AS empty
        FROM tonghop.current_report AS c
        JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
        WHERE c.form_id = $1 AND c.period BETWEEN $2 AND $3
    ), base AS MATERIALIZED (
        SELECT p AS period, tonghop.period_first_day(f.frequency, p + 1) - 1 AS last_day,
               tonghop.due_at($1, p) AS due_at
        FROM tonghop.form AS f
        JOIN tonghop.form_calendar AS c ON c.form_id = f.form_id
        CROSS JOIN LATERAL generate_series(
            greatest($2, tonghop.period_of_day(f.frequency, c.opened)),
            least($3, tonghop.period_of_day(f.frequency, tonghop.today()),
                  tonghop.period_of_day(f.frequency, c.closed + 1) - 1)) AS p
        WHERE f.form_id = $1
    ), pair AS (
        SELECT d.district_id, b.due_at <= now() AS due, a.district_id IS NOT NULL AS received,
               a.complete, a.empty, a.state,
               CASE WHEN a.imported THEN a.received_at IS NULL
                    ELSE coalesce(b.due_at < d.first_enrolled_at, true) END AS historic,
               coalesce(a.complete_at < b.due_at, false) AS on_time
        FROM base AS b
        JOIN tonghop.district_opening AS o
          ON b.last_day BETWEEN o.opened AND coalesce(o.closed, 'infinity')
        JOIN tonghop.district AS d ON d.district_id = o.district_id
        LEFT JOIN arrival AS a ON a.district_id = d.district_id AND a.period = b.period
    )
    SELECT p.district_id, count(*),
           count(*) FILTER (WHERE p.received),
           count(*) FILTER (WHERE p.received AND p.complete),
           count(*) FILTER (WHERE p.received AND p.empty),
           count(*) FILTER (WHERE p.received AND NOT p.historic AND p.on_time),
           count(*) FILTER (WHERE p.received AND NOT p.historic AND NOT p.on_time AND p.due),
           count(*) FILTER (WHERE NOT p.due AND NOT (p.received AND (p.historic OR p.on_time))),
           count(*) FILTER (WHERE p.due AND NOT p.received),
           count(*) FILTER (WHERE p.received AND p.state = 'returned'),
           count(*) FILTER (WHERE p.received AND p.state = 'approved'),
           count(*) FILTER (WHERE p.received AND p.historic)
    FROM pair AS p
    GROUP BY p.district_id
$$;
COMMENT ON FUNCTION tonghop.district_completeness(integer, integer, integer) IS 'What was expected of every district for one form over base periods and what came (SEMANTICS 7), a row a district with expected > 0';

-- ------------------------------------------------------------------ views for people

CREATE VIEW tonghop.v_district AS
SELECT d.code AS district, d.name_vi, d.name_en, d.kind, d.successor, o.opened, o.closed,
       o.communes, o.position, d.first_enrolled_at
FROM tonghop.district AS d
JOIN tonghop.district_opening AS o ON o.district_id = d.district_id;
COMMENT ON VIEW tonghop.v_district IS 'Districts of the catalogue in force, a row an open interval';

CREATE VIEW tonghop.v_form AS
SELECT f.code AS form, f.name_vi, f.name_en, f.frequency, f.filled_by, c.opened, c.closed,
       c.due_days, c.lock_days, c.position
FROM tonghop.form AS f
JOIN tonghop.form_calendar AS c ON c.form_id = f.form_id;
COMMENT ON VIEW tonghop.v_form IS 'Forms of the catalogue in force';

CREATE VIEW tonghop.v_criterion AS
SELECT f.code AS form, k.code AS criterion, k.name_vi, k.name_en, k.group_code AS "group",
       g.name_vi AS group_name_vi, g.name_en AS group_name_en, k.kind, k.unit_vi, k.unit_en,
       c.percent, c.decimals, k.time_agg, k.district_agg, c.required, c.target, c.weight,
       c.opened, c.closed, c.position
FROM tonghop.criterion AS k
JOIN tonghop.criterion_calendar AS c ON c.criterion_id = k.criterion_id
JOIN tonghop.form AS f ON f.form_id = k.form_id
LEFT JOIN tonghop.criterion_group AS g ON g.form_id = k.form_id AND g.code = k.group_code;
COMMENT ON VIEW tonghop.v_criterion IS 'Criteria of the catalogue in force';

CREATE VIEW tonghop.v_choice AS
SELECT f.code AS form, k.code AS criterion, c.value AS choice, c.name_vi, c.name_en, c.position
FROM tonghop.criterion_choice AS c
JOIN tonghop.criterion AS k ON k.criterion_id = c.criterion_id
JOIN tonghop.form AS f ON f.form_id = k.form_id;
COMMENT ON VIEW tonghop.v_choice IS 'Choices of the catalogue in force';

CREATE VIEW tonghop.v_commune AS
SELECT c.code AS commune, d.code AS district, c.name_vi, c.name_en, c.opened, c.closed
FROM tonghop.commune AS c
JOIN tonghop.district AS d ON d.district_id = c.district_id;
COMMENT ON VIEW tonghop.v_commune IS 'Communes of the catalogue in force, a row an interval in a district';

CREATE VIEW tonghop.v_consolidated_district AS
SELECT p.form, p.period, d.code AS district, k.code AS criterion, k.kind, g.reported, g.expected,
       g.not_applicable, g.num, g.den, tonghop.rounded(g.value_num, g.value_den) AS value,
       g.choice, g.communes, p.level, p.base, p.first_day, p.last_day,
       d.name_vi AS district_vi, d.name_en AS district_en, k.name_vi AS criterion_vi,
       k.name_en AS criterion_en, k.unit_vi, k.unit_en, k.group_code AS "group",
       h.name_vi AS choice_vi, h.name_en AS choice_en
FROM tonghop.v_period AS p
CROSS JOIN LATERAL tonghop.district_figures(p.form_id, p.first_base, p.last_base) AS g
JOIN tonghop.criterion AS k ON k.criterion_id = g.criterion_id
JOIN tonghop.district AS d ON d.district_id = g.district_id
LEFT JOIN tonghop.criterion_choice AS h
       ON h.criterion_id = g.criterion_id AND h.value = g.choice;
COMMENT ON VIEW tonghop.v_consolidated_district IS 'Figures of every district for every period, as `tonghop consolidated` gives them; name form and period in WHERE (docs/sql.md)';

CREATE VIEW tonghop.v_consolidated_province AS
SELECT p.form, p.period, '*'::text AS district, k.code AS criterion, k.kind, g.reported,
       g.expected, g.not_applicable, g.num, g.den,
       tonghop.rounded(g.value_num, g.value_den) AS value,
       g.choice, g.communes, p.level, p.base, p.first_day, p.last_day,
       v.name_vi AS district_vi, v.name_en AS district_en, k.name_vi AS criterion_vi,
       k.name_en AS criterion_en, k.unit_vi, k.unit_en, k.group_code AS "group",
       h.name_vi AS choice_vi, h.name_en AS choice_en
FROM tonghop.v_period AS p
CROSS JOIN LATERAL tonghop.province_figures(p.form_id, p.first_base, p.last_base, p.last_day)
                AS g
CROSS JOIN tonghop.province AS v
JOIN tonghop.criterion AS k ON k.criterion_id = g.criterion_id
LEFT JOIN tonghop.criterion_choice AS h
       ON h.criterion_id = g.criterion_id AND h.value = g.choice;
COMMENT ON VIEW tonghop.v_consolidated_province IS 'The province''s figures for every period, columns as of v_consolidated_district; of a choice a row each, its value the number of districts; name form and period in WHERE (docs/sql.md)';

CREATE VIEW tonghop.v_completeness AS
SELECT p.form, p.period, d.code AS district, c.expected, c.received, c.complete, c.empty,
       c.on_time, c.late, c.not_yet_due, c.missing, c.returned, c.approved, c.historic,
       p.level, p.base, p.first_day, p.last_day, d.name_vi AS district_vi,
       d.name_en AS district_en
FROM tonghop.v_period AS p
CROSS JOIN LATERAL tonghop.district_completeness(p.form_id, p.first_base, p.last_base) AS c
JOIN tonghop.district AS d ON d.district_id = c.district_id;
COMMENT ON VIEW tonghop.v_completeness IS 'What was expected of every district in every period and what came, as `tonghop completeness` gives it; name form and period in WHERE. The province is the sum over its districts';

-- --------------------------------------------------------------------------- rights

GRANT SELECT ON tonghop.district_opening, tonghop.form_calendar, tonghop.criterion_calendar,
    tonghop.criterion_group, tonghop.criterion_choice, tonghop.commune, tonghop.holiday,
    tonghop.named_period, tonghop.v_period, tonghop.v_district, tonghop.v_form,
    tonghop.v_criterion, tonghop.v_choice, tonghop.v_commune, tonghop.v_consolidated_district,
    tonghop.v_consolidated_province, tonghop.v_completeness
    TO tonghop_writer, tonghop_reader;
