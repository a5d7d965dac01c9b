"""A run as JUnit XML, as continuous integration reads it: one test case a turn. It holds ids and faults, no mail and no draft."""

from __future__ import annotations

from io import BytesIO
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from evals.reporting.faults import faults_of
from evals.reporting.wording import plain
from evals.results import RunRecord, TurnResult


def junit(record: RunRecord) -> str:
    """Give a run as a JUnit document: `failure` where something is not as expected, `error` where the agent could not work."""
    root = Element("testsuites", {"name": _name(record), **_counts(record.turns)})
    suite = SubElement(root, "testsuite", {"name": _name(record), **_counts(record.turns)})
    properties = SubElement(suite, "properties")
    for name, value in _about(record).items():
        SubElement(properties, "property", name=name, value=plain(value))
    for turn in record.turns:
        _case(suite, turn)
    indent(root)
    return _written(root)


def _written(root: Element) -> str:
    out = BytesIO()
    ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue().decode("utf-8") + "\n"


def _name(record: RunRecord) -> str:
    return plain(f"{record.suite} · {record.model} · {record.mode.value}")


def _about(record: RunRecord) -> dict[str, str]:
    return {
        "mode": record.mode.value,
        "model": record.model,
        "suite": record.suite,
        "suite_digest": record.suite_digest,
    }


def _counts(turns: tuple[TurnResult, ...]) -> dict[str, str]:
    return {
        "tests": str(len(turns)),
        "failures": str(sum(not turn.ok and turn.error is None for turn in turns)),
        "errors": str(sum(turn.error is not None for turn in turns)),
        "time": f"{sum(turn.cost.seconds for turn in turns):.3f}",
    }


def _case(suite: Element, turn: TurnResult) -> None:
    name = turn.turn.rpartition("/")[2] + (f" (epoch {turn.epoch})" if turn.epoch > 1 else "")
    seconds = f"{turn.cost.seconds:.3f}"
    case = SubElement(suite, "testcase", classname=plain(turn.conversation), name=plain(name), time=seconds)
    faults = faults_of(turn)
    if not faults:
        return
    kind = "error" if turn.error is not None else "failure"
    lines = [f"{fault.heading}: {fault.text}" for fault in faults]
    SubElement(case, kind, message=lines[0], type=faults[0].area).text = "\n".join(lines)
