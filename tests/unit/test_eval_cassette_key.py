"""The key of a recorded answer: the same request has the same key, any other request another one."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agent.llm_schema import Question, Rung, digest
from agent.nodes.decide import choices_of
from agent.nodes.write import Written
from agent.stated import ReadReply
from evals.cassettes.format import Line, kept, request_key, spelt
from tools.registry import tools

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80)
FORMS: list[type[BaseModel]] = [ReadReply, Written, choices_of(["ask_back", "escalate_to_human"])]
FORM = st.sampled_from(FORMS)
RUNG = st.sampled_from(list(Rung))


def request(question: Question, rung: Rung, **more: Any) -> dict[str, Any]:
    shape = question.response_format(rung)
    return {
        "model": "m",
        "messages": question.messages(rung),
        **({"response_format": shape} if shape else {}),
        **more,
    }


@given(form=FORM, rung=RUNG, system=TEXT, user=TEXT, model=TEXT, most=st.integers(1, 9999))
def test_the_same_request_has_the_same_key(
    form: type[BaseModel], rung: Rung, system: str, user: str, model: str, most: int
) -> None:
    question = Question(form, "read", system, user)
    one = request(question, rung)
    # Made anew, through JSON, its parts in another order, asked of another server: it is the same question.
    other = json.loads(json.dumps(dict(reversed(one.items())))) | {"model": model, "max_tokens": most, "temperature": 1}
    assert request_key(one) == request_key(copy.deepcopy(one)) == request_key(other)
    # And it is the digest that production records of the call.
    assert request_key(one) == digest(question.messages(rung), question.response_format(rung))


@given(form=FORM, rung=RUNG, system=TEXT, user=TEXT, data=st.data())
def test_any_change_of_a_prompt_gives_another_key(
    form: type[BaseModel], rung: Rung, system: str, user: str, data: st.DataObject
) -> None:
    base = Question(form, "read", system, user)
    what = data.draw(st.sampled_from(["system", "user", "swap", "form", "repair"]))
    match what:
        case "system" | "user":
            old = getattr(base, what)
            place = data.draw(st.integers(0, len(old)))
            added = data.draw(TEXT.filter(bool))
            changed = {"system": system, "user": user} | {what: old[:place] + added + old[place:]}
            messages = Question(form, "read", **changed).messages(rung)
        case "swap":
            if system == user:
                return
            messages = Question(form, "read", user, system).messages(rung)
        case "form":
            other = Question(data.draw(FORM.filter(lambda one: one is not form)), "read", system, user)
            assert request_key(request(other, Rung.JSON_SCHEMA)) != request_key(request(base, Rung.JSON_SCHEMA))
            assert request_key(request(other, Rung.PLAIN)) != request_key(request(base, Rung.PLAIN))
            return
        case _:
            messages = base.repair(rung, answer=data.draw(TEXT), problems=data.draw(TEXT))
    one = request(base, rung)
    assert request_key(one | {"messages": messages}) != request_key(one)


@given(names=st.lists(st.sampled_from(sorted(tools())), min_size=1, unique=True), data=st.data())
def test_other_tools_to_choose_from_give_another_key(names: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from(sorted(tools())), min_size=1, unique=True).filter(lambda o: o != names))
    one, other = (Question(choices_of(some), "decide", "system", "user") for some in (names, others))
    assert request_key(request(one, Rung.JSON_SCHEMA)) != request_key(request(other, Rung.JSON_SCHEMA))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.one_of(TEXT, st.dictionaries(TEXT, JSON, max_size=3).flatmap(lambda v: st.sampled_from(spellings(v)))))
def test_an_answer_comes_back_to_the_letter(text: str) -> None:
    line = Line(turn="a/001-in.eml", purpose="read", key="0" * 64, answer=kept(text))
    back = Line.model_validate_json(line.model_dump_json(exclude_defaults=True))
    assert json.loads(back.body())["choices"][0]["message"]["content"] == text
    assert "\n" not in line.model_dump_json()


def spellings(value: dict[str, Any]) -> list[str]:
    compact = json.dumps(value, separators=(",", ":"))
    return [spelt(value), compact, json.dumps(value, indent=1), f"```json\n{compact}\n```", spelt(value) + " "]
