-- The schema of the contract (§5); nothing where it is there already.
DO $$ BEGIN
IF to_regclass('courses') IS NOT NULL THEN RETURN; END IF;

CREATE TYPE course_code_enum AS ENUM ('ENG5', 'ENG6', 'ENG7', 'SV1', 'SV2', 'SV3');
CREATE TYPE language_enum AS ENUM ('en', 'sv');

CREATE TABLE courses (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    course_code course_code_enum UNIQUE NOT NULL,
    name varchar(255) NOT NULL,
    language language_enum NOT NULL
);
INSERT INTO courses (course_code, name, language) VALUES
    ('ENG5', 'English 5', 'en'), ('ENG6', 'English 6', 'en'), ('ENG7', 'English 7', 'en'),
    ('SV1', 'Svenska 1', 'sv'), ('SV2', 'Svenska 2', 'sv'), ('SV3', 'Svenska 3', 'sv');

CREATE TABLE classes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(255) NOT NULL,
    created_by_user_id varchar(255) NOT NULL,
    course_id uuid NOT NULL REFERENCES courses,
    created_at timestamp DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp DEFAULT (now() AT TIME ZONE 'utc')
);
CREATE INDEX ON classes (created_by_user_id);

CREATE TABLE students (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    first_name varchar(255) NOT NULL,
    last_name varchar(255) NOT NULL,
    legal_full_name varchar(512),
    email varchar(255),
    created_by_user_id varchar(255) NOT NULL,
    created_at timestamp DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp DEFAULT (now() AT TIME ZONE 'utc'),
    CONSTRAINT uix_student_email_user UNIQUE (email, created_by_user_id)
);
CREATE INDEX ON students (created_by_user_id);

CREATE TABLE class_student_association (
    class_id uuid NOT NULL REFERENCES classes ON DELETE CASCADE,
    student_id uuid NOT NULL REFERENCES students ON DELETE CASCADE,
    CONSTRAINT once_in_a_class UNIQUE (class_id, student_id)
);

CREATE TABLE essay_student_associations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    essay_id uuid NOT NULL UNIQUE,
    student_id uuid NOT NULL REFERENCES students ON DELETE CASCADE,
    batch_id uuid NOT NULL,
    class_id uuid NOT NULL REFERENCES classes ON DELETE CASCADE,
    created_by_user_id varchar(255) NOT NULL,
    created_at timestamp DEFAULT (now() AT TIME ZONE 'utc'),
    confidence_score float,
    match_reasons json,
    validation_status varchar(50) NOT NULL DEFAULT 'pending_validation',
    validated_by varchar(255),
    validated_at timestamp,
    validation_method varchar(50)
);
CREATE INDEX ON essay_student_associations (batch_id);
CREATE INDEX ON essay_student_associations (class_id);

CREATE TABLE event_outbox (
    id uuid PRIMARY KEY,
    aggregate_id varchar(255),
    aggregate_type varchar(100),
    event_type varchar(255),
    event_data json,
    event_key varchar(255),
    topic varchar(255),
    created_at timestamptz DEFAULT now(),
    published_at timestamptz,
    retry_count int DEFAULT 0,
    last_error text
);
END $$;
