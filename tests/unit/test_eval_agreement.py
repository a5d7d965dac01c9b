"""Two labellings of one suite: agreement worked out by hand, the published figures, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.output import CommandFailed
from evals.cli import build
from evals.conversations.checking import SecondLabel
from evals.conversations.format import Turn
from evals.conversations.loading import Broken
from evals.figures.agreement import agreement, read_second_labels
from store.vocabulary import Reason

_SUITE = Path(__file__).parents[2] / "evals/suites/core"


def _first(message: str, must: list[str], escalate: str = "never", **more: object) -> Turn:
    return Turn.model_validate(
        {
            "message": message,
            "reasons": {"must": must},
            "escalate": escalate,
            "why": "x",
            "answer": {"wanted": "may"},
            **more,
        }
    )


def _second(message: str, reasons: list[str], escalate: str = "never", *acts: str) -> SecondLabel:
    return SecondLabel.model_validate(
        {"conversation": "c", "message": message, "reasons": reasons, "escalate": escalate, "tools": acts}
    )


def test_agreement_worked_out_by_hand() -> None:
    first = {
        "c/001-in.eml": _first("001-in.eml", ["dispute"], "must", tools={"one_of": [{"name": "open_dispute"}]}),
        "c/002-in.eml": _first("002-in.eml", ["dispute"], "never", tools={"must": [{"name": "ask_back"}]}),
        "c/003-in.eml": _first("003-in.eml", ["question"], "may"),
        "c/004-in.eml": _first("004-in.eml", ["question"], "must", reasons={"must": ["question"], "may": ["refusal"]}),
    }
    second = [
        _second("001-in.eml", ["dispute"], "must", "open_dispute"),
        _second("002-in.eml", ["question"], "never", "open_dispute"),
        _second("003-in.eml", ["question"], "never"),
        _second("004-in.eml", ["question", "refusal"], "may"),
    ]
    told = agreement("s", second, first, mails=20)
    assert (told.mails, told.share_of_suite) == (4, 0.2)
    assert (told.reasons_same.right, told.reasons_fit.right, told.reasons_same.of) == (2, 3, 4)
    # Pairs of mail and reason: 96; both yes 3, only the first 1, only the second 2. By chance (4*5 + 92*91) / 96^2.
    pairs = len(Reason) * 4
    chance = (4 * 5 + (pairs - 4) * (pairs - 5)) / pairs**2
    assert told.reasons_kappa == pytest.approx(((pairs - 3) / pairs - chance) / (1 - chance))
    # Must or not: both 1, neither 2, only the first 1: 0.75 agreed, by chance 2/4*1/4 + 2/4*3/4 = 0.5.
    assert told.escalation_kappa == pytest.approx(0.5)
    assert (told.escalation_same.right, told.escalation_of_three_same.right) == (3, 2)
    assert (told.tools_fit.right, told.tools_fit.of) == (1, 2)
    assert told.differing == ("c/002-in.eml", "c/004-in.eml")
    dispute = next(one for one in told.by_reason if one.reason == "dispute")
    assert (dispute.first, dispute.second, dispute.both) == (2, 1, 1)
    assert dispute.kappa == pytest.approx(0.5)


def test_the_core_suite_is_labelled_twice_for_a_fifth_of_its_mails_or_nearly() -> None:
    second, first, mails = read_second_labels(_SUITE)
    told = agreement("core", second.labels, first, mails=mails)
    assert told.share_of_suite > 0.18
    assert told.reasons_kappa is not None
    assert told.reasons_kappa > 0.6
    assert told.escalation_kappa is not None
    assert told.escalation_kappa > 0.6


@pytest.fixture
def small(tmp_path: Path) -> Path:
    suite = tmp_path / "small"
    shutil.copytree(_SUITE / "coolan-range-coupa-flip", suite / "coolan-range-coupa-flip")
    return suite


def _label(message: str, *, tools: str = "[]", reasons: str = "[portal_submission]") -> str:
    return f"- conversation: coolan-range-coupa-flip\n  message: {message}\n  reasons: {reasons}\n  escalate: never\n  tools: {tools}\n"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (_label("099-in.eml"), ":2: coolan-range-coupa-flip/099-in.eml is no mail of this suite"),
        (_label("002-in.eml", tools="[pay_them]"), ":2: pay_them is no tool"),
        (_label("002-in.eml") * 2, ":7: coolan-range-coupa-flip/002-in.eml is labelled twice"),
        (_label("002-in.eml", reasons="[rich]"), "labels.0.reasons.0: Input should be"),
        ("", "labels: "),
    ],
)
def test_labels_that_fit_no_mail_are_named_by_file_and_line(small: Path, labels: str, said: str) -> None:
    (small / "second-labels.yaml").write_text(f"labels:\n{labels}")
    with pytest.raises(Broken) as broken:
        read_second_labels(small)
    assert "second-labels.yaml:" in str(broken.value)
    assert said in str(broken.value)


def test_the_command_prints_it_and_refuses_a_broken_file(small: Path) -> None:
    (small / "second-labels.yaml").write_text("labels:\n" + _label("002-in.eml"))
    result = CliRunner().invoke(build(), ["agreement", str(small), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert (told["suite"], told["mails"], told["share_of_suite"]) == ("small", 1, 0.5)
    assert told["reasons_same"]["right"] == 1
    assert "1 of 1" in CliRunner().invoke(build(), ["agreement", str(small)]).output
    (small / "second-labels.yaml").write_text("labels:\n" + _label("099-in.eml"))
    failed = CliRunner().invoke(build(), ["agreement", str(small)]).exception
    assert isinstance(failed, CommandFailed)
    assert failed.code == 2
    assert "second-labels.yaml:2: " in str(failed)


def test_a_suite_that_is_not_labelled_twice_says_so(small: Path) -> None:
    with pytest.raises(Broken, match=r"second-labels\.yaml: cannot be read: No such file"):
        read_second_labels(small)
