"""What the service answers over HTTP, field by field, from docs/contract.md §6."""

from harness.shape import anything, identity, number, or_null, recent, text

CLASS_CREATED = {"id": identity, "name": text}
CLASS = {"id": identity, "name": text, "course_code": text}
CLASSES = {
    "classes": [
        {"id": identity, "name": text, "course_code": text, "student_count": number, "created_at": recent},
    ],
    "pagination": {"limit": number, "offset": number, "returned": number},
}
ROSTER = {
    "students": [
        {
            "student_id": identity,
            "first_name": text,
            "last_name": text,
            "full_legal_name": or_null(text),
            "email": or_null(text),
        },
    ],
}
STUDENT_CREATED = {"id": identity, "full_name": text}
STUDENT = {"id": identity, "first_name": text, "last_name": text, "email": or_null(text), "class_ids": [identity]}
DELETED = {"message": text}
ASSOCIATIONS = {
    "associations": [
        {
            "essay_id": identity,
            "suggested_student_id": identity,
            "confidence_score": or_null(number),
            "match_reasons": [text],
            "created_at": recent,
        },
    ],
}
CONFIRMED = {"status": "confirmed", "associations_confirmed": number, "associations_rejected": number}
PERSON_NAME = {"first_name": text, "last_name": text, "legal_full_name": or_null(text)}
STUDENT_NAME = {"essay_id": identity, "student_id": identity, "student_person_name": PERSON_NAME}
CLASS_INFO = {"class_id": identity, "class_name": text}
NOBODY_NAMED = {"error": "User authentication required"}
REFUSED = {
    "error": {
        "error_code": text,
        "message": text,
        "correlation_id": identity,
        "timestamp": recent,
        "service": text,
        "operation": text,
        "details": anything,
    },
}
