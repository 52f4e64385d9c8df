"""JUnit XML from messages, as Cucumber's own `@cucumber/junit-xml-formatter` writes it: that one needs Node.js.

Times are those of the scenarios, wherever they sit; behave's own JUnit report counts 0 for those in a Rule.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

_SEVERITY = ("UNKNOWN", "PASSED", "SKIPPED", "PENDING", "UNDEFINED", "AMBIGUOUS", "FAILED")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STEP_WIDTH = 76


@dataclass
class _Case:
    """A test case under way: what it is, when it began and ended, and its steps with their results."""

    pickle: Any
    steps: dict[str, Any]
    began: float
    ended: float = 0.0
    results: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def worst(self) -> Any:
        """The most severe result, the later one of two; None when there is none."""
        results = [result for _, result in self.results]
        return max(reversed(results), key=lambda result: _SEVERITY.index(result["status"]), default=None)


class _Run:
    """What the messages say, looked up by id."""

    def __init__(self, messages: Sequence[Any]) -> None:
        self.began = self.ended = 0.0
        self.hooks: list[tuple[str, float, Any]] = []
        self.lineages: dict[str, tuple[str, list[str]]] = {}
        self.keywords: dict[str, str] = {}
        self._ids: dict[str, Any] = {}
        self._cases: dict[str, _Case] = {}
        for message in messages:
            for kind, content in message.items():
                read = getattr(self, f"_read_{_snake(kind)}", None)
                if read is not None:
                    read(content)

    @property
    def cases(self) -> list[_Case]:
        """The test cases, in the order of files and lines."""
        return sorted(self._cases.values(), key=lambda c: (c.pickle["uri"], c.pickle["location"]["line"]))

    def _read_gherkin_document(self, document: Any) -> None:
        feature = document.get("feature")
        for container in _containers(feature) if feature else ():
            names = [feature["name"]] + ([container["name"]] if container is not feature else [])
            for child in container["children"]:
                self.keywords |= {s["id"]: s["keyword"] for s in next(iter(child.values())).get("steps", [])}
                if scenario := child.get("scenario"):
                    self._read_scenario(names, scenario)

    def _read_scenario(self, above: list[str], scenario: Any) -> None:
        names = [*above, scenario["name"]]
        self.lineages[scenario["id"]] = (scenario["name"], names)
        for number, examples in enumerate(scenario["examples"], start=1):
            for row_number, row in enumerate(examples["tableBody"], start=1):
                row_names = [*names, examples["name"], f"#{number}.{row_number}"]
                self.lineages[row["id"]] = (scenario["name"], row_names)

    def _read_pickle(self, pickle: Any) -> None:
        self._ids[pickle["id"]] = pickle

    def _read_hook(self, hook: Any) -> None:
        place = hook["sourceReference"]
        line = place.get("location", {}).get("line")
        self._ids[hook["id"]] = f"{place.get('uri', '(unknown)')}{f':{line}' if line else ''}"

    def _read_test_case(self, case: Any) -> None:
        self._ids[case["id"]] = case

    def _read_test_run_started(self, started: Any) -> None:
        self.began = _seconds(started["timestamp"])

    def _read_test_run_finished(self, finished: Any) -> None:
        self.ended = _seconds(finished["timestamp"])

    def _read_test_run_hook_started(self, started: Any) -> None:
        self._ids[started["id"]] = started

    def _read_test_run_hook_finished(self, finished: Any) -> None:
        started = self._ids[finished["testRunHookStartedId"]]
        if finished["result"]["status"] not in ("PASSED", "SKIPPED"):
            time = _seconds(finished["timestamp"]) - _seconds(started["timestamp"])
            self.hooks.append((self._ids[started["hookId"]], time, finished["result"]))

    def _read_test_case_started(self, started: Any) -> None:
        case = self._ids[started["testCaseId"]]
        pickle = self._ids[case["pickleId"]]
        of_pickle = {step["id"]: step for step in pickle["steps"]}
        steps = {step["id"]: of_pickle.get(step.get("pickleStepId")) for step in case["testSteps"]}
        self._cases[started["id"]] = _Case(pickle, steps, _seconds(started["timestamp"]))

    def _read_test_step_finished(self, finished: Any) -> None:
        case = self._cases[finished["testCaseStartedId"]]
        case.results.append((case.steps[finished["testStepId"]], finished["testStepResult"]))

    def _read_test_case_finished(self, finished: Any) -> None:
        self._cases[finished["testCaseStartedId"]].ended = _seconds(finished["timestamp"])


def junit(messages: Sequence[Any]) -> str:
    """Return the JUnit XML of `messages`, which have an end (see `complete`)."""
    run = _Run(messages)
    cases = run.cases
    statuses = [case.worst["status"] for case in cases if case.worst]
    suite = ET.Element("testsuite", name="Cucumber", time=_time(run.ended - run.began), tests=str(len(cases)))
    suite.set("skipped", str(statuses.count("SKIPPED")))
    suite.set("failures", str(sum(status not in ("PASSED", "SKIPPED") for status in statuses)))
    suite.set("errors", "0")
    suite.set("timestamp", datetime.fromtimestamp(run.began, UTC).isoformat(timespec="milliseconds"))
    for name, time, result in run.hooks:
        _add_result(ET.SubElement(suite, "testcase", name=_clean(name), time=_time(time)), result)
    for case in cases:
        class_name, name = _names(run, case.pickle)
        element = ET.SubElement(
            suite, "testcase", classname=_clean(class_name), name=_clean(name), time=_time(case.ended - case.began)
        )
        _add_result(element, case.worst)
        if said := "\n".join(_step_lines(run, case)):
            ET.SubElement(element, "system-out").text = _clean(said)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _names(run: _Run, pickle: Any) -> tuple[str, str]:
    """Return the feature's name, and the way from there to the scenario or row."""
    outline, (feature, *names) = run.lineages[pickle["astNodeIds"][-1]]
    if len(pickle["astNodeIds"]) > 1 and outline != pickle["name"]:
        names[-1] += f": {pickle['name']}"
    return feature, " - ".join(name for name in names if name)


def _step_lines(run: _Run, case: _Case) -> Iterator[str]:
    for step, result in case.results:
        if step is not None:
            text = f"{run.keywords[step['astNodeIds'][0]].strip()} {step['text'].strip()}."
            yield text.ljust(_STEP_WIDTH - 1, ".") + "." + result["status"].lower()


def _add_result(element: ET.Element, result: Any) -> None:
    if not result or result["status"] == "PASSED":
        return
    raised = result.get("exception", {})
    child = ET.SubElement(element, "skipped" if result["status"] == "SKIPPED" else "failure")
    if child.tag == "failure":
        child.attrib |= {name: _clean(raised[name]) for name in ("type", "message") if raised.get(name)}
    if story := raised.get("stackTrace") or result.get("message"):
        child.text = _clean(story)


def _containers(feature: Any) -> Iterable[Any]:
    """Return what in a document has scenarios: the feature itself and its rules."""
    return [feature, *(child["rule"] for child in feature["children"] if "rule" in child)]


def _clean(text: str) -> str:
    """Return `text` without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _seconds(timestamp: Any) -> float:
    return float(timestamp["seconds"]) + float(timestamp["nanos"]) / 1e9


def _time(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


def _snake(kind: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", kind).lower()
