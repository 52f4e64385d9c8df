-- What each route does: its statements are one transaction, and what the last one returns is the answer. Each is asked
-- WITH asked AS (SELECT $1::uuid AS id, $2::text AS teacher, $3::jsonb AS body), the query being part of the body.

--> POST /v1/classes/?
, made AS (
    INSERT INTO classes (name, created_by_user_id, course_id)
    SELECT body ->> 'name', teacher, k.id
    FROM asked JOIN courses k ON k.course_code = (body #>> '{course_codes,0}')::course_code_enum RETURNING id, name)
SELECT to_json(made) FROM made

--> GET /v1/classes/?
, page AS (
    SELECT coalesce((body ->> 'limit')::int, 20) AS "limit", coalesce((body ->> 'offset')::int, 0) AS "offset"
    FROM asked),
shown AS (
    SELECT c.id, c.name, k.course_code, c.created_at,
        (SELECT count(*) FROM class_student_association a WHERE a.class_id = c.id) AS student_count
    FROM asked JOIN classes c ON c.created_by_user_id = teacher JOIN courses k ON k.id = c.course_id
    ORDER BY c.created_at DESC LIMIT (SELECT "limit" FROM page) OFFSET (SELECT "offset" FROM page))
SELECT json_build_object(
    'classes', (SELECT coalesce(json_agg(shown ORDER BY created_at DESC), '[]') FROM shown),
    'pagination', json_build_object('limit', "limit", 'offset', "offset", 'returned', (SELECT count(*) FROM shown)))
FROM page

--> POST /v1/classes/students/?
, named AS (SELECT *, body -> 'person_name' AS name FROM asked),
made AS (
    INSERT INTO students (first_name, last_name, legal_full_name, email, created_by_user_id)
    SELECT name ->> 'first_name', name ->> 'last_name', name ->> 'legal_full_name', body ->> 'email', teacher
    FROM named RETURNING *),
joined AS (
    INSERT INTO class_student_association SELECT c.id, made.id
    FROM made, asked JOIN classes c ON c.created_by_user_id = teacher AND body -> 'class_ids' ? c.id::text)
SELECT json_build_object('id', id, 'full_name', first_name || ' ' || last_name) FROM made

--> PUT /v1/classes/students/{id}
, named AS (SELECT *, nullif(body -> 'person_name', 'null') AS name FROM asked)
UPDATE students s SET first_name = coalesce(name ->> 'first_name', first_name),
    last_name = coalesce(name ->> 'last_name', last_name), updated_at = DEFAULT,
    legal_full_name = CASE WHEN name IS NULL THEN legal_full_name ELSE name ->> 'legal_full_name' END,
    email = CASE WHEN body ? 'email' THEN body ->> 'email' ELSE email END
FROM named WHERE s.id = named.id AND created_by_user_id = teacher;
INSERT INTO class_student_association SELECT c.id, s.id
FROM asked JOIN students s ON s.id = asked.id AND s.created_by_user_id = teacher
JOIN classes c ON c.created_by_user_id = teacher AND body -> 'add_class_ids' ? c.id::text
ON CONFLICT DO NOTHING;
DELETE FROM class_student_association
USING asked JOIN students s ON s.id = asked.id AND s.created_by_user_id = teacher
WHERE student_id = s.id AND body -> 'remove_class_ids' ? class_id::text;
SELECT json_build_object('id', s.id, 'first_name', first_name, 'last_name', last_name, 'email', email,
    'class_ids', ARRAY(SELECT class_id FROM class_student_association WHERE student_id = s.id ORDER BY class_id))
FROM asked JOIN students s ON s.id = asked.id AND s.created_by_user_id = teacher

--> GET /v1/classes/students/{id}
SELECT json_build_object('id', s.id, 'first_name', first_name, 'last_name', last_name, 'email', email,
    'class_ids', ARRAY(SELECT class_id FROM class_student_association WHERE student_id = s.id ORDER BY class_id))
FROM asked JOIN students s ON s.id = asked.id AND s.created_by_user_id = teacher

--> DELETE /v1/classes/students/{id}
, gone AS (
    DELETE FROM students s USING asked WHERE s.id = asked.id AND created_by_user_id = teacher
    RETURNING 'deleted' AS message)
SELECT to_json(gone) FROM gone

--> PUT /v1/classes/{id}
UPDATE classes c SET name = coalesce(body ->> 'name', name), updated_at = DEFAULT, course_id = coalesce(
    (SELECT k.id FROM courses k WHERE k.course_code = (body #>> '{course_codes,0}')::course_code_enum), course_id)
FROM asked WHERE c.id = asked.id AND created_by_user_id = teacher;
SELECT json_build_object('id', c.id, 'name', c.name, 'course_code', k.course_code)
FROM asked JOIN classes c ON c.id = asked.id AND c.created_by_user_id = teacher JOIN courses k ON k.id = c.course_id

--> GET /v1/classes/{id}
SELECT json_build_object('id', c.id, 'name', c.name, 'course_code', k.course_code)
FROM asked JOIN classes c ON c.id = asked.id AND c.created_by_user_id = teacher JOIN courses k ON k.id = c.course_id

--> DELETE /v1/classes/{id}
, gone AS (
    DELETE FROM classes c USING asked WHERE c.id = asked.id AND created_by_user_id = teacher
    RETURNING 'deleted' AS message)
SELECT to_json(gone) FROM gone

--> GET /v1/classes/{id}/roster
, shown AS (
    SELECT s.id AS student_id, first_name, last_name, legal_full_name AS full_legal_name, email
    FROM asked JOIN class_student_association ON class_id = asked.id JOIN students s ON s.id = student_id)
SELECT json_build_object('students', (SELECT coalesce(json_agg(shown ORDER BY last_name), '[]') FROM shown))
FROM asked JOIN classes c ON c.id = asked.id AND teacher IN ('', c.created_by_user_id)

--> GET /v1/batches/{id}/student-associations
, shown AS (
    SELECT essay_id, student_id AS suggested_student_id, confidence_score, match_reasons, e.created_at
    FROM asked JOIN essay_student_associations e ON e.batch_id = asked.id
    JOIN classes c ON c.id = e.class_id AND c.created_by_user_id = teacher)
SELECT json_build_object('associations', coalesce(json_agg(shown ORDER BY created_at), '[]')) FROM shown
