"""Closed comparison of tables: exactly these rows; anything more, less or different is named."""

from collections import Counter
from collections.abc import Mapping, Sequence

from harness.eventually import SettledError

Row = Mapping[str, str]


def assert_exactly(expected: Sequence[Row], seen: Sequence[Row], *, what: str, stays: bool = False) -> None:
    """Raise AssertionError unless `seen` holds the `expected` rows, each as often, in any order, and nothing else.

    Only the columns of the expected rows are compared; with no expected rows any row seen is a surplus. Where what is
    seen `stays`, one that is too much is there for good: SettledError.
    The message pairs each missing row with the nearest surplus one, and lists what is missing or too much beyond that.
    """
    columns = list(expected[0]) if expected else list(seen[0]) if seen else []
    wanted = Counter(_key(row, columns) for row in expected)
    found = Counter(_key(row, columns) for row in seen)
    if wanted == found:
        return
    missing = list((wanted - found).elements())
    surplus = list((found - wanted).elements())
    error = SettledError if stays and surplus else AssertionError
    number, seen_number = sum(wanted.values()), sum(found.values())
    differ = f"expected {_count(number)}, seen {_count(seen_number)}"
    lines = [f"{what}: {differ if number != seen_number else f'{_count(number)}, but not the expected ones'}"]
    for row in missing:
        near = _nearest(row, surplus)
        if near is None:
            lines.append(f"  missing:  {_show(columns, row)}")
        else:
            surplus.remove(near)
            lines.append(f"  expected: {_show(columns, row)}")
            lines.append(f"  seen:     {_show(columns, near)}   ({_differences(columns, row, near)})")
    lines += [f"  too much: {_show(columns, row)}" for row in surplus]
    raise error("\n".join(lines))


def _key(row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(column, "(no such column)") for column in columns)


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _show(columns: Sequence[str], row: Sequence[str]) -> str:
    return " | ".join(f"{column}: {value}" for column, value in zip(columns, row, strict=True))


def _nearest(row: Sequence[str], others: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the other row with the most equal fields, if any field is equal."""
    best = max(others, key=lambda other: _alike(row, other), default=None)
    return best if best is not None and _alike(row, best) else None


def _alike(row: Sequence[str], other: Sequence[str]) -> int:
    return sum(a == b for a, b in zip(row, other, strict=True))


def _differences(columns: Sequence[str], row: Sequence[str], other: Sequence[str]) -> str:
    return ", ".join(
        f"{column}: expected {a}, seen {b}" for column, a, b in zip(columns, row, other, strict=True) if a != b
    )


def flat(value: object, path: str = "") -> dict[str, str]:
    """Return a JSON-like value as one text for each leaf, by its path such as `data.results[0].id`."""
    if isinstance(value, Mapping):
        parts = [(f"{path}.{key}" if path else str(key), part) for key, part in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{path}[{number}]", part) for number, part in enumerate(value)]
    else:
        return {path: "null" if value is None else str(value)}
    return {name: text for inner, part in parts for name, text in flat(part, inner).items()}


def nearest(expected: Row, seen: Sequence[Row]) -> Row | None:
    """Return that of `seen` which has the most fields as `expected` has them, None where none has any."""
    return max((row for row in seen if _equal(expected, row)), key=lambda row: _equal(expected, row), default=None)


def _equal(expected: Row, row: Row) -> int:
    return sum(row.get(name) == value for name, value in expected.items())


def differences(expected: Row, seen: Row) -> list[str]:
    """Return a line for each field of `expected` that `seen` does not have like that; what it has besides is fine."""
    return [
        f"{name}: expected {value}, seen {seen.get(name, 'nothing')}"
        for name, value in expected.items()
        if seen.get(name) != value
    ]
