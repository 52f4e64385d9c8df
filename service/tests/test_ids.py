"""What counts as a UUID, and that ours are as good as any others."""

from uuid import UUID

import pytest

from class_management.entrypoints.ids import parse_uuid

USUAL = "7b3621af-1d95-4377-bceb-b4d3e012ddc0"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("7B3621AF-1d95-4377-bceb-b4d3e012ddc0", True),
        ("7b3621af1d954377bcebb4d3e012ddc0", False),
        ("7b3621af1d95-4377-bceb-b4d3e012ddc0", False),
        ("7b3621a--1d95-4377-bceb-b4d3e012ddc0", False),
        ("7b3621_f-1d95-4377-bceb-b4d3e012ddc0", False),
        ("7b3621\u00e9f-1d95-4377-bceb-b4d3e012ddc0", False),
        ("{7b3621af-1d95-4377-bceb-b4d3e012ddc0}", False),
        ("7b3621af-1d95-4377-bceb-b4d3e012ddc0\n", False),
        ("7b3621af-1d95-4377-bceb-b4d3e012ddc0-", False),
        ("7b3621af-1d95-4377-bceb-b4d3e012ddc", False),
        ("x", False),
        ("", False),
    ],
)
def test_only_the_usual_form_is_a_uuid(text: str, known: bool) -> None:
    assert (parse_uuid(text) is not None) is known


def test_it_equals_any_other_uuid_of_the_same_value() -> None:
    ours, others = parse_uuid(USUAL.upper()), UUID(USUAL)
    assert isinstance(ours, UUID)
    assert (ours, hash(ours), str(ours)) == (others, hash(others), USUAL)
    assert others == ours
    assert sorted([UUID(int=others.int + 1), ours]) == [ours, UUID(int=others.int + 1)]
