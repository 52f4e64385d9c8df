"""How this run was asked for: `-D name=value` of behave, or ACCEPTANCE_NAME in the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from harness.errors import InfrastructureError

N = TypeVar("N", int, float)
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """The settings of a run."""

    target: Path = field(default=ROOT / "targets" / "class_management.toml")
    """The target file: what is under test."""
    contract: Path = field(default=ROOT / "docs" / "contract.md")
    """The contract: the summary tells which requirements of its tables hold."""
    factor: float = 1.0
    """Every waiting time is multiplied by this; slow machines take 2 or 3."""
    seed: int | None = None
    """Run features and scenarios in the random order of this seed, and draw random examples by it."""
    examples: int | None = None
    """How many random examples are tried where some are; without it as many as take a few seconds."""
    quickest: bool = False
    """Run first what took least last time: where the first failure ends the run, it is found the sooner."""
    storm: float | None = None
    """How many seconds a storm lasts, where one rages; without it a short one does, the same in each run."""
    storm_seed: int | None = None
    """Which storm it is."""
    artifacts: Path = field(default=ROOT / "artifacts")
    """Where evidence of failures goes."""
    keep: bool | None = None
    """Leave the stacks standing for the next run. Unless told, a run uses what stands, and leaves nothing new."""
    timings: Path | None = None
    """Write what set-up, steps and clean-up took to this file (JSON)."""

    @classmethod
    def read(cls, userdata: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read behave's userdata, then the environment; raises `InfrastructureError` naming a wrong or unknown one."""
        known = cls.__dataclass_fields__
        unknown = sorted(set(userdata) - set(known))
        if unknown:
            raise InfrastructureError(
                f"-D {unknown[0]} is not a setting of this suite.", remedy=f"Use one of {', '.join(known)}."
            )
        given = {name: userdata.get(name, environ.get(f"ACCEPTANCE_{name.upper()}", "")) for name in known}
        return cls(
            target=Path(given["target"] or cls().target).resolve(),
            contract=Path(given["contract"] or cls().contract).resolve(),
            factor=_number("factor", given["factor"] or "1", r"\d+(\.\d+)?", float),
            seed=_number("seed", given["seed"], r"\d+", int) if given["seed"] else None,
            examples=_number("examples", given["examples"], r"[1-9]\d*", int) if given["examples"] else None,
            quickest=_yes_or_no("quickest", given["quickest"]) if given["quickest"] else False,
            storm=_number("storm", given["storm"], r"\d+(\.\d+)?", float) if given["storm"] else None,
            storm_seed=_number("storm_seed", given["storm_seed"], r"\d+", int) if given["storm_seed"] else None,
            artifacts=Path(given["artifacts"] or cls().artifacts).resolve(),
            keep=_yes_or_no("keep", given["keep"]) if given["keep"] else None,
            timings=Path(given["timings"]).resolve() if given["timings"] else None,
        )


def _number(name: str, text: str, pattern: str, kind: type[N]) -> N:
    if not re.fullmatch(pattern, text) or (name == "factor" and not float(text)):
        raise InfrastructureError(f"-D {name}={text} is not a number.", remedy=f"Give a number, such as -D {name}=2.")
    return kind(text)


def _yes_or_no(name: str, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise InfrastructureError(f"-D {name}={text} is neither yes nor no.", remedy=f"Give -D {name}=yes.")
    return text == "yes"
