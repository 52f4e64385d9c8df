"""The schema that the contract promises (§5), as facts."""

import re

NOW, PENDING = "now()", "'pending_validation'"

# table: {column: (type, not null, default)}; None where the contract is silent.
_COLUMNS: dict[str, dict[str, tuple[str, bool, str | None]]] = {
    "courses": {
        "id": ("uuid", True, None),
        "course_code": ("course_code_enum", True, None),
        "name": ("character varying(255)", True, None),
        "language": ("language_enum", True, None),
    },
    "classes": {
        "id": ("uuid", True, None),
        "name": ("character varying(255)", True, None),
        "created_by_user_id": ("character varying(255)", True, None),
        "course_id": ("uuid", True, None),
        "created_at": ("timestamp without time zone", False, NOW),
        "updated_at": ("timestamp without time zone", False, NOW),
    },
    "students": {
        "id": ("uuid", True, None),
        "first_name": ("character varying(255)", True, None),
        "last_name": ("character varying(255)", True, None),
        "legal_full_name": ("character varying(512)", False, None),
        "email": ("character varying(255)", False, None),
        "created_by_user_id": ("character varying(255)", True, None),
        "created_at": ("timestamp without time zone", False, None),
        "updated_at": ("timestamp without time zone", False, None),
    },
    "class_student_association": {
        "class_id": ("uuid", False, None),
        "student_id": ("uuid", False, None),
    },
    "essay_student_associations": {
        "id": ("uuid", True, None),
        "essay_id": ("uuid", True, None),
        "student_id": ("uuid", True, None),
        "batch_id": ("uuid", True, None),
        "class_id": ("uuid", True, None),
        "created_by_user_id": ("character varying(255)", True, None),
        "created_at": ("timestamp without time zone", False, NOW),
        "confidence_score": ("double precision", False, None),
        "match_reasons": ("json", False, None),
        "validation_status": ("character varying(50)", True, PENDING),
        "validated_by": ("character varying(255)", False, None),
        "validated_at": ("timestamp without time zone", False, None),
        "validation_method": ("character varying(50)", False, None),
    },
    "event_outbox": {
        "id": ("uuid", True, None),
        "aggregate_id": ("character varying(255)", False, None),
        "aggregate_type": ("character varying(100)", False, None),
        "event_type": ("character varying(255)", False, None),
        "event_data": ("json", False, None),
        "event_key": ("character varying(255)", False, None),
        "topic": ("character varying(255)", False, None),
        "created_at": ("timestamp with time zone", False, NOW),
        "published_at": ("timestamp with time zone", False, None),
        "retry_count": ("integer", False, "0"),
        "last_error": ("text", False, None),
    },
}

TABLES = tuple(_COLUMNS)
COLUMNS = frozenset(f"{table}.{column}" for table, columns in _COLUMNS.items() for column in columns)

_KEYS = {
    *(f"{table}.id is the primary key" for table in TABLES if table != "class_student_association"),
    "courses.course_code is unique",
    "students.email, created_by_user_id is unique as uix_student_email_user",
    "essay_student_associations.essay_id is unique",
    "classes.course_id refers to courses",
    "class_student_association.class_id refers to classes, deleted with it",
    "class_student_association.student_id refers to students, deleted with it",
    "essay_student_associations.student_id refers to students, deleted with it",
    "essay_student_associations.class_id refers to classes, deleted with it",
    *(f"{table}.created_by_user_id is indexed" for table in ("classes", "students")),
    *(f"essay_student_associations.{column} is indexed" for column in ("batch_id", "class_id")),
    "course_code_enum is ENG5 ENG6 ENG7 SV1 SV2 SV3",
    "language_enum is en sv",
}

PROMISED = frozenset(
    {f"{t}.{c} is {kind}" for t, columns in _COLUMNS.items() for c, (kind, _, _) in columns.items()}
    | {f"{t}.{c} is not null" for t, columns in _COLUMNS.items() for c, (_, needed, _) in columns.items() if needed}
    | {f"{t}.{c} defaults to {d}" for t, columns in _COLUMNS.items() for c, (_, _, d) in columns.items() if d}
    | _KEYS
)

# What the contract shows as null, or does not show as unique or as a reference, must not be otherwise.
_NULLABLE = {
    *(f"students.{column}" for column in ("legal_full_name", "email")),
    *(f"essay_student_associations.{column}" for column in ("validated_by", "validated_at", "validation_method")),
    *(f"event_outbox.{column}" for column in ("event_key", "published_at", "last_error")),
}
# That a pair stands once (D9) may be kept by a unique constraint as well as by a primary key, whatever its name.
_ONCE = re.compile(r"class_student_association\.(class_id, student_id|student_id, class_id) is unique as ")


def is_unpromised(fact: str) -> bool:
    """Tell whether a fact forbids what the contract allows: a needless uniqueness, reference or obligation."""
    if fact.endswith(" is not null"):
        return fact.removesuffix(" is not null") in _NULLABLE
    if _ONCE.match(fact):
        return False
    return fact not in PROMISED and (" is unique" in fact or " refers to " in fact)


# Each query gives facts in the same words.
FACT_QUERIES = (
    """
    SELECT format('%s.%s is %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relname = ANY(:tables) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    """,
    """
    SELECT format('%s.%s is not null', c.relname, a.attname)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relname = ANY(:tables) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
    """,
    """
    SELECT format('%s.%s defaults to %s', c.relname, a.attname, CASE
               WHEN pg_get_expr(d.adbin, d.adrelid) IN
                   ('CURRENT_TIMESTAMP', 'timezone(''utc''::text, now())', '(now() AT TIME ZONE ''utc''::text)')
               THEN 'now()'
               ELSE regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::[a-z ]+(\\(\\d+\\))?$', '') END)
    FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
    WHERE c.relname = ANY(:tables)
    """,
    """
    SELECT format('%s.%s refers to %s%s', c.relname, a.attname, r.relname,
                  CASE k.confdeltype WHEN 'c' THEN ', deleted with it' ELSE '' END)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
    WHERE c.relname = ANY(:tables) AND k.contype = 'f'
    """,
    """
    SELECT format('%s.%s is %s', c.relname, keys.names,
                  CASE WHEN i.indisprimary THEN 'the primary key'
                       WHEN i.indisunique AND keys.number > 1 THEN 'unique as ' || x.relname
                       WHEN i.indisunique THEN 'unique' ELSE 'indexed' END)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    CROSS JOIN LATERAL (
        SELECT string_agg(a.attname, ', ' ORDER BY p.position) AS names, count(*) AS number
        FROM unnest(i.indkey::int[]) WITH ORDINALITY AS p(attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.attnum
    ) keys
    WHERE c.relname = ANY(:tables) AND i.indpred IS NULL AND i.indexprs IS NULL
    """,
    """
    SELECT format('%s is %s', t.typname, string_agg(e.enumlabel, ' ' ORDER BY e.enumlabel))
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
    """,
)
COURSES_QUERY = "SELECT course_code::text AS code, name, language::text AS language FROM courses"
TABLES_QUERY = "SELECT table_name FROM information_schema.tables WHERE table_name = ANY(:tables)"
ENUMS_QUERY = "SELECT typname FROM pg_type WHERE typtype = 'e'"
COLUMNS_QUERY = (
    "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name = ANY(:tables)"
)
