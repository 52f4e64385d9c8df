"""Names to ids: features speak of "Autumn essays", the wire wants UUIDs."""

import re
import uuid
from collections.abc import Callable

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class Names:
    """The ids of one scenario's things: the same name gives the same id, another scenario gives another one."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], uuid.UUID] = {}

    def id(self, kind: str, name: str) -> uuid.UUID:
        """Return the id of the `kind` called `name`; made up on first use, unless it was learned."""
        return self._ids.setdefault((kind, name), uuid.uuid4())

    def learn(self, kind: str, name: str, identity: uuid.UUID) -> None:
        """Remember the id that somebody else gave to the `kind` called `name`."""
        self._ids[kind, name] = identity

    def name(self, kind: str, identity: uuid.UUID | str) -> str:
        """Return the name behind an id, or the id itself where this scenario never heard of it."""
        wanted = str(identity)
        return next((name for (k, name), i in self._ids.items() if k == kind and str(i) == wanted), wanted)

    def knows(self, kind: str, name: str) -> bool:
        """Tell whether the `kind` called `name` has an id yet."""
        return (kind, name) in self._ids

    def of_kind(self, kind: str) -> list[str]:
        """Return the names of all things of a kind, in the order in which they came up."""
        return [name for k, name in self._ids if k == kind]

    @property
    def ids(self) -> frozenset[str]:
        """All ids of the scenario, as text."""
        return frozenset(str(identity) for identity in self._ids.values())

    def annotated(self, text: str) -> str:
        """Return `text` with the name behind each id that has one: `0b9c… (My summer)`."""
        return self._replaced(text, lambda identity, name: f"{identity} ({name})")

    def spoken(self, text: str) -> str:
        """Return `text` with the name instead of each id that has one."""
        return self._replaced(text, lambda _, name: f'"{name}"')

    def _replaced(self, text: str, shown: Callable[[str, str], str]) -> str:
        names = {str(identity): name for (_, name), identity in self._ids.items()}

        def replace(found: re.Match[str]) -> str:
            name = names.get(found.group().lower())
            return found.group() if name is None else shown(found.group(), name)

        return _UUID.sub(replace, text)
