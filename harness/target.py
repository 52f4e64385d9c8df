"""What is under test: a TOML file that says how an implementation of the contract is built, started and asked.

Nothing else in the suite knows more about the service than the contract.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.errors import InfrastructureError
from harness.requirements import MARKS, looks_like_an_id

WIP = "wip"
"""The tag of a scenario that shows a requirement which this implementation does not keep yet."""
NEEDS = "needs."
"""How the tag of a scenario begins that needs a command of the target: `@needs.NAME`."""
DESCRIPTION = "/schema/openapi.json"
"""Where the OpenAPI description is served, unless the target says so: the contract does not."""
"""How the tag of a scenario begins that needs what only some targets offer: `@needs.NAME`."""
COMPOSITION = "composition"
"""The name under which scenarios ask for the service's composition in process."""
LEFT_OUT = "the target leaves it out"
"""The reason with which scenarios are skipped that the target leaves out."""


@dataclass(frozen=True)
class Wiring:
    """What the contract says about Kafka: the topics that must be there (name to partitions), and the group."""

    topics: Mapping[str, int]
    group: str


@dataclass(frozen=True)
class ExpectedLine:
    """Errors in the service's log that are as they should be, and why.

    With `tags` only in scenarios that carry one of them.
    """

    pattern: re.Pattern[str]
    reason: str
    tags: frozenset[str] = frozenset()

    def expects(self, text: str, tags: frozenset[str]) -> bool:
        """Tell whether `text`, logged in a scenario with `tags`, is one of them."""
        return (not self.tags or not self.tags.isdisjoint(tags)) and self.pattern.search(text) is not None


@dataclass(frozen=True)
class Target:
    """An implementation of the contract.

    Exactly one of `image` (a reference) and `context` (a folder to build from) is set. `environment` and `migrate_*`
    may hold placeholders: {database_host} {database_port} {database_name} {database_user} {database_password}
    {kafka_bootstrap_servers} {redis_url} {internal_api_key}. `migrations_image` has the same migrations, where another
    image may make the migrated database that scenarios get clones of. `leave_out` holds requirement ids or marks
    whose scenarios are not tried, and "wip" if those tagged @wip are tried only where a tag expression names it.
    `commands` are what it offers to operators, and `settings` the variables for what the contract lets be set without
    naming them, both by a name of the suite's; `composition` is `module:function`, which composes it in process, and
    `source` the folder where that is found, if it has to be told. A scenario tagged @needs.NAME is tried only where
    NAME is one of these.
    """

    name: str
    port: int
    health: str
    environment: Mapping[str, str]
    image: str | None = None
    context: Path | None = None
    command: tuple[str, ...] = ()
    read_only: bool = True
    migrate_up: tuple[str, ...] = ()
    migrate_down: tuple[str, ...] = ()
    migrations_image: str | None = None
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    composition: str | None = None
    description: str = DESCRIPTION
    source: Path | None = None
    leave_out: frozenset[str] = field(default_factory=frozenset)
    expected_log_lines: tuple[ExpectedLine, ...] = ()

    @classmethod
    def load(cls, path: Path) -> "Target":
        """Read a target file; raises `InfrastructureError` that names the file and the field that is wrong."""
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise _wrong(path, f"cannot be read: {error}") from error
        table = _Table(path, content)
        image, service, migrations = table.table("image"), table.table("service"), table.table("migrations")
        target = cls(
            name=table.text("name"),
            image=image.optional("reference"),
            context=_relative(path, image.optional("context")),
            port=service.number("port"),
            health=service.text("health"),
            command=service.words("command"),
            read_only=bool(service.content.get("read_only", True)),
            environment={str(k): str(v) for k, v in service.table("environment").content.items()},
            migrate_up=migrations.words("upgrade"),
            migrate_down=migrations.words("downgrade"),
            migrations_image=migrations.optional("image"),
            commands=_commands(table.table("commands")),
            description=service.optional("description") or DESCRIPTION,
            settings={name: table.table("settings").text(name) for name in table.table("settings").content},
            composition=_composition(table.table("inside")),
            leave_out=frozenset(table.words("leave_out")),
            expected_log_lines=tuple(map(_expected_line, table.table("log").tables("expected"))),
        )
        if (source := table.table("inside").optional("source")) is not None:
            target = replace(target, source=(target.context or path.parent).joinpath(source).resolve())
        if (target.image is None) == (target.context is None):
            raise _wrong(path, "give either image.reference or image.context")
        for left_out in target.leave_out:
            if left_out not in (*MARKS, WIP) and not looks_like_an_id(left_out):
                raise _wrong(
                    path, f"leave_out holds {left_out!r}, which is neither an id nor one of {', '.join((*MARKS, WIP))}"
                )
        if not target.migrate_up:
            raise _wrong(path, "migrations.upgrade is missing")
        return target

    def filled(self, addresses: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with its placeholders filled; raises `InfrastructureError` for an unknown one."""
        try:
            return {name: value.format_map(addresses) for name, value in self.environment.items()}
        except (KeyError, ValueError) as error:
            raise InfrastructureError(
                f"The target {self.name} has a placeholder that does not exist: {error}",
                remedy=f"Use one of {', '.join(sorted(addresses))} in [service.environment].",
            ) from error

    def lacks(self, tags: Iterable[str]) -> set[str]:
        """Return those of a scenario's `tags` that ask for what this target does not offer."""
        offered = {*self.commands, *self.settings, *({COMPOSITION} if self.composition else ())}
        return {tag for tag in tags if tag.startswith(NEEDS) and tag.removeprefix(NEEDS) not in offered}


class _Table:
    """A table of the file, read with errors that name what is missing."""

    def __init__(self, path: Path, content: dict[str, Any], name: str = "") -> None:
        self._path, self.content, self._name = path, content, name

    def table(self, key: str) -> "_Table":
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self._missing(key, "a table")
        return _Table(self._path, value, f"{self._name}{key}.")

    def text(self, key: str) -> str:
        value = self.content.get(key)
        if not isinstance(value, str) or not value:
            raise self._missing(key, "text")
        return value

    def optional(self, key: str) -> str | None:
        return self.text(key) if key in self.content else None

    def number(self, key: str) -> int:
        value = self.content.get(key)
        if not isinstance(value, int):
            raise self._missing(key, "a number")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self._missing(key, "a list of texts")
        return tuple(value)

    def tables(self, key: str) -> "list[_Table]":
        values = self.content.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._missing(key, f"a list of tables, [[{self._name}{key}]]")
        names = [f"{self._name}{key}[{number}]." for number in range(1, len(values) + 1)]
        return [_Table(self._path, value, name) for value, name in zip(values, names, strict=True)]

    def _missing(self, key: str, kind: str) -> InfrastructureError:
        return self.wrong(key, f"must be {kind}")

    def wrong(self, key: str, what: str) -> InfrastructureError:
        return _wrong(self._path, f"{self._name}{key} {what}")


def _commands(table: _Table) -> dict[str, tuple[str, ...]]:
    commands = {name: table.words(name) for name in table.content}
    for name, words in commands.items():
        if not words:
            raise table.wrong(name, "is empty; leave it out where there is no such command")
    return commands


def _composition(table: _Table) -> str | None:
    named = table.optional(COMPOSITION)
    if named is not None and not re.fullmatch(r"\w+(\.\w+)*:\w+", named):
        raise table.wrong(COMPOSITION, "must be `module:function`")
    return named


def _expected_line(table: _Table) -> ExpectedLine:
    pattern, reason, tags = table.text("pattern"), table.text("reason"), table.words("tags")
    if unknown := sorted(set(table.content) - {"pattern", "reason", "tags"}):
        raise table.wrong(unknown[0], "is not known here; there are pattern, reason and tags")
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise table.wrong("pattern", f"is no regular expression: {error}") from error
    if compiled.search(""):
        raise table.wrong("pattern", "fits every line, and so hides every error")
    return ExpectedLine(compiled, reason, frozenset(tags))


def _relative(path: Path, folder: str | None) -> Path | None:
    return (path.parent / folder).resolve() if folder else None


def _wrong(path: Path, what: str) -> InfrastructureError:
    return InfrastructureError(
        f"The target file {path}: {what}.", remedy="See targets/class_management.toml for a complete example."
    )
