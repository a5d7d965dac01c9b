"""Words of self-harm, violence and accidents: heard in seven languages, whoever reads, and not in ordinary replies."""

from __future__ import annotations

import pytest

from agent.danger import Danger, in_danger
from agent.nodes.read import MAX_CHARACTERS
from agent.rules.flags import HIGH
from review.views import is_alarming
from review.words import flag_words
from store.vocabulary import Reason
from tests.unit.test_graph import run

PERSON, SAFETY = (Danger.PERSON,), (Danger.SAFETY,)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("If this goes on I will hang myself, and then you have your money.", PERSON),
        ("I don’t want to\nlive any more, so send what you like.", PERSON),
        ("Ich bringe mich um, wenn noch ein Brief kommt. Ich bringe mich um.", PERSON),
        ("Mein Mann hat sich das Leben genommen, bitte haben Sie Geduld.", PERSON),
        ("Encore une lettre et je vais me pendre.", PERSON),
        ("Mi socio se suicidó en marzo.", PERSON),
        ("Ik wil niet meer leven zo.", PERSON),
        ("A volte penso di ammazzarmi.", PERSON),
        ("Penso em acabar com a minha vida.", PERSON),
        ("I know where you live, remember that.", PERSON),
        ("Ich komme mit der Flinte vorbei.", PERSON),
        ("Two of our people were injured when it started.", SAFETY),
        ("The ladder on your invoice simply gave way under the boy.", SAFETY),
        ("Das Ding hat in der Werkstatt Feuer gefangen.", SAFETY),
        ("Nach dem Arbeitsunfall steht hier alles.", SAFETY),
        ("Un ouvrier a été blessé avec votre scie.", SAFETY),
        ("Hubo una fuga de gas por su válvula.", SAFETY),
        ("De monteur kreeg een stroomstoot.", SAFETY),
        ("C'è stato un infortunio sul lavoro con la vostra pressa.", SAFETY),
        ("O motor explodiu no primeiro dia.", SAFETY),
        ("The hoist snapped, a man was hurt, and I want to end my life.", (Danger.PERSON, Danger.SAFETY)),
    ],
)
def test_danger_is_heard(text: str, heard: tuple[Danger, ...]) -> None:
    assert in_danger(text) == heard


@pytest.mark.parametrize(
    "text",
    [
        "You are killing me with these reminders. The transfer left this morning.",
        "Bitte bringen Sie uns die Papiere mit, wir treffen uns um zehn. Der Fahrer bringt Sie um 10 Uhr hin.",
        "Basta con queste mail, voglio farla finita con i solleciti: pago venerdì.",
        "Laten we een einde maken aan deze discussie: vrijdag betalen we.",
        "It would hurt our cash flow, so three instalments please.",
        "The deal collapsed and we cannot pay now.",
        "Vous nous tuez avec vos relances ! Le virement est parti.",
        "The lift was serviced; invoice 4410 is approved.",
        "",
    ],
)
def test_ordinary_replies_are_no_danger(text: str) -> None:
    assert in_danger(text) == ()


@pytest.mark.parametrize("danger", Danger)
def test_the_queue_says_it_in_words_and_a_person_answers_for_it(danger: Danger) -> None:
    assert danger.value in HIGH
    assert is_alarming(danger.value), "it is no side note"
    assert flag_words(danger.value).endswith("yourself.") or "a person answers it" in flag_words(danger.value)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("We pay on Friday.\n\nIs this an AI system that writes to me? I don't want to live any more.", "Re: reminder"),
        ("We pay on Friday.", "I will kill myself"),
        ("We pay on Friday. " * (MAX_CHARACTERS // 18 + 1) + "I will kill myself.", "Re: reminder"),
    ],
    ids=["beside words to a machine", "in the subject", "at the end of a very long mail"],
)
def test_danger_brings_a_person_in_wherever_in_the_mail_it_stands(text: str, subject: str) -> None:
    got = run(text, (Reason.PROMISE_TO_PAY, "We pay on Friday."), subject=subject)
    assert Danger.PERSON in got.flags
    assert got.needs_person is not None
    calm = run("We pay on Friday.", (Reason.PROMISE_TO_PAY, "We pay on Friday."))
    assert Danger.PERSON not in calm.flags
