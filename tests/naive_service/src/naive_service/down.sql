DROP TABLE event_outbox, essay_student_associations, class_student_association, students, classes, courses;
DROP TYPE course_code_enum, language_enum;
