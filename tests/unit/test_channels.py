"""Letters and calls: approved as a mail is, done by a person, and never when their ground is gone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import select

from agent.banking import take_statements
from outreach import channels
from outreach.channels.letter import Letter, layout_for, letter_pdf
from outreach.channels.outcome import Called, NotNow
from outreach.channels.ways import envelope
from prompts.wording import LOCALES
from review.item import Blocked
from store import channel_tasks, outreach
from store.bank import seen_money
from store.bank_words import ReadLine, ReadStatement
from store.cases import customer_facts
from store.channel_ground import void_groundless
from store.channel_tasks import ChannelStop, ChannelTask
from store.engine import unit_of_work
from store.last_resort import of_customer, propose_last_resort
from store.last_resort_words import Ground
from store.outreach_around import StepState, StepTaken
from store.outreach_loading import steps_taken
from store.outreach_words import CallOutcome, Channel, LastResort, OutreachStep, TaskState
from store.phones import shown, takes_texts, to_e164
from store.tables import AuditEntry, Contact, Customer, Dispute, Document, Hold, Invoice, Promise
from store.vocabulary import ContactStatus, DisputeKind, ProposalStatus
from store.written import written_to
from tests.channel_house import PHONE, agreed, reachable_house, settings_for, task_of, waiting
from tests.factories import COMPANY, House
from tests.outreach_house import CUSTOMER, TODAY, day, empty_books, outgoing, paid, plan, reminded
from tests.wakings import think
from tools.limits import CashLimits
from tools.remind import AskedLine


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    return reachable_house(tmp_path, books)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def change(house: House, model: type[Any], key: object, **values: object) -> None:
    with unit_of_work(house.engine) as session:
        row: Any = session.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)


# --- letters --------------------------------------------------------------------------------------------------------------


def test_an_approved_letter_waits_to_be_printed_and_no_mail_leaves(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    assert outgoing(house) == []
    assert (task.state, task.step, task.invoices) == (TaskState.TO_PRINT, "overdue", ["F-1", "F-2"])
    assert house.desk.show(task.proposal_id).row.status == ProposalStatus.DONE  # type: ignore[union-attr]
    name, pdf = house.desk.task_paper(task.id or 0, caller="Ines") or ("", b"")
    said = text_of(pdf)
    assert name == f"letter-{task.id}.pdf"
    for shown_there in ("Bracken Joinery Ltd", "4 Saw Mill Road", "Leeds LS1 4AB", "Moira Tate", "14 April 2026"):
        assert shown_there in said
    for figure in (
        "F-1",
        "GBP 1,800.00",
        "F-2",
        "GBP 240.50",
        "GBP 2,040.50",
        f"L-{task.proposal_id:06d}",
        "Page 1 of 1",
    ):
        assert figure in said
    assert said.count("GBP 1,800.00") == 1, "the list of the mail is the table of the letter"
    house.desk.post_task(task.id or 0, day=TODAY, actor="ines")
    assert (done := task_of(house)).state == TaskState.POSTED
    assert (done.done_on, done.carried_out_by) == (TODAY, "ines")
    with pytest.raises(NotNow, match="posted already"):
        house.desk.post_task(task.id or 0, day=TODAY, actor="ines")


def test_copies_that_the_words_speak_of_are_printed_behind_the_letter(house: House, tmp_path: Path) -> None:
    words = "The invoice itself, with its hinges."
    line = AskedLine(number="F-1", due=TODAY, open=Decimal("1.50"), currency="EUR", days=3)
    copy = letter_pdf(Letter(("A", "B"), "DE", "K1", "COPY", TODAY, "en", words, "Ines Roth", COMPANY, (line,)))
    with unit_of_work(house.engine) as session:
        session.add(Document(sha256="a" * 64, filename="F-1.pdf", content=copy))
        session.flush()
        session.get_one(Invoice, "F-1").document_sha256 = "a" * 64
    task = agreed(house, tmp_path, Channel.LETTER)
    reader = PdfReader(BytesIO(task.paper or b""))
    assert "copies attached" in task.words or "a copy attached" in task.words
    assert len(reader.pages) == 2
    assert "with its hinges" in reader.pages[1].extract_text()


def test_a_letter_with_a_copy_that_is_no_pdf_is_not_approved(house: House, tmp_path: Path) -> None:
    with unit_of_work(house.engine) as session:
        session.add(Document(sha256="a" * 64, filename="F-1.pdf", content=b"%PDF-nothing"))
        session.flush()
        session.get_one(Invoice, "F-1").document_sha256 = "a" * 64
    with pytest.raises(Blocked, match="stored PDF of F-1 cannot be put behind"):
        agreed(house, tmp_path, Channel.LETTER)
    with unit_of_work(house.engine) as session:
        assert session.exec(select(ChannelTask)).all() == []


def test_a_letter_was_not_posted_before_it_was_approved_nor_tomorrow(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(NotNow, match="was not posted on"):
            house.desk.post_task(task.id or 0, day=wrong, actor="ines")


def test_nothing_is_approved_twice_and_a_task_is_made_once(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    with unit_of_work(house.engine) as session:
        twin = ChannelTask(**task.model_dump(exclude={"id"}))
        assert channel_tasks.put(session, twin) == task.id
        assert len(session.exec(select(ChannelTask)).all()) == 1
        assert channel_tasks.is_open(session, CUSTOMER)
    assert plan(house).planned == 0


@pytest.mark.parametrize(
    ("ours", "language", "theirs", "address", "last"),
    [
        ("DE", "de", "GB", "4 Saw Mill Road\nLeeds LS1 4AB", "VEREINIGTES KÖNIGREICH"),
        ("GB", "en", "DE", "Hessenstr. 4\n45127 Essen", "GERMANY"),
        ("GB", "en", "DE", "Hessenstr. 4\n45127 Essen\nAllemagne", "Allemagne"),
        ("GB", "en", "GB", "4 Saw Mill Road\nLeeds LS1 4AB", "Leeds LS1 4AB"),
        ("GB", "en", "", "Hessenstr. 4\n45127 Essen", "45127 Essen"),
        ("", "en", "DE", "Hessenstr. 4\n45127 Essen", "45127 Essen"),
        ("GB", "en", "XX", "Somewhere 1", "Somewhere 1"),
    ],
)
def test_a_letter_that_leaves_the_country_names_where_it_goes(
    house: House, ours: str, language: str, theirs: str, address: str, last: str
) -> None:
    change(house, Customer, CUSTOMER, address=address, country=theirs)
    company = COMPANY.model_copy(update={"country": ours, "language": language})
    with unit_of_work(house.engine) as session:
        lines = envelope(customer_facts(session, CUSTOMER, now=house.now), company)
    assert lines == (
        "Bracken Joinery Ltd",
        "Moira Tate",
        *address.split("\n"),
        *([last] if last not in address else []),
    )


def test_every_line_of_an_address_is_printed_and_one_that_is_too_long_goes_by_mail(
    house: House, tmp_path: Path
) -> None:
    lines = [f"Line {n} of the address" for n in range(1, 7)]
    change(house, Customer, CUSTOMER, address="\n".join(lines))
    with unit_of_work(house.engine) as session:
        facts = customer_facts(session, CUSTOMER, now=house.now)
    letter = Letter(envelope(facts, COMPANY), "GB", "K1", "L-1", TODAY, "en", "Words.", "Ines Roth", COMPANY, ())
    assert all(line in text_of(letter_pdf(letter)) for line in lines)
    change(house, Customer, CUSTOMER, address="\n".join([*lines, "Line 7"]))
    with unit_of_work(house.engine) as session:
        facts = customer_facts(session, CUSTOMER, now=house.now)
    assert "has 7 lines" in (channels.refusal(Channel.LETTER, facts) or "")


def test_without_an_address_the_step_goes_by_mail(house: House, tmp_path: Path) -> None:
    change(house, Customer, CUSTOMER, address="")
    item = waiting(house, tmp_path, Channel.LETTER)
    assert item.proposal.actions[0].arguments["channel"] == "mail"


def test_an_address_that_went_meanwhile_blocks_the_approval_and_leaves_nothing(house: House, tmp_path: Path) -> None:
    item = waiting(house, tmp_path, Channel.SMS)
    with pytest.raises(Blocked, match="no SMS provider"):
        house.desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)
    with unit_of_work(house.engine) as session:
        assert session.exec(select(ChannelTask)).all() == []
    assert house.desk.show(item.row.id or 0).row.status == ProposalStatus.HELD  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("stopped", "nothing may be written"),
        ("wrote", "the customer wrote meanwhile"),
        ("paid", "nothing of what it asks for"),
        ("part", "the books changed"),
    ],
)
def test_a_letter_whose_ground_is_gone_is_not_handed_out(house: House, tmp_path: Path, what: str, why: str) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    match what:
        case "stopped":
            change(house, Customer, CUSTOMER, stopped_reason="asked")
        case "wrote":
            house.receive("We look into it.", sender="moira@bracken.example")
        case "paid":
            paid(house, "F-1")
            paid(house, "F-2")
        case _:
            paid(house, "F-1", "100.00")
    with pytest.raises(NotNow, match=why):
        house.desk.task_paper(task.id or 0, caller="Ines")
    with unit_of_work(house.engine) as session:
        assert void_groundless(session, now=house.now) == [task.id]
    assert task_of(house).state == TaskState.VOID
    with pytest.raises(NotNow, match="was ended"):
        house.desk.task_paper(task.id or 0, caller="Ines")
    with unit_of_work(house.engine) as session:
        events = session.exec(select(AuditEntry.event).where(AuditEntry.subject == f"channel_task:{task.id}")).all()
    assert list(events) == ["task.opened", "task.void"]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("paused", "a colleague paused the cadence"),
        ("handed on", "a last step is open"),
        ("bank", "the bank shows money"),
        ("old", "lay too long"),
    ],
)
def test_a_letter_does_not_go_out_against_what_came_since(house: House, tmp_path: Path, what: str, why: str) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    with unit_of_work(house.engine) as session:
        match what:
            case "paused":
                outreach.pause(session, CUSTOMER, until=None, actor="ines", now=house.now)
            case "handed on":
                whose: dict[str, Any] = {"customer_id": CUSTOMER, "invoices": (), "actor": "ines", "now": house.now}
                propose_last_resort(session, kind=LastResort.HAND_OFF, why=Ground.JUDGEMENT, **whose)
            case "bank":
                line = ReadLine(TODAY, Decimal("240.50"), "GBP", remittance="F-2", payer_name="Bracken Joinery Ltd")
                read = ReadStatement("GB82WEST12345698765432", "GBP", "csv", "S1", TODAY, TODAY, None, None, (line,))
                take_statements(session, [read], cash=CashLimits(), actor="ines", now=house.now)
                assert seen_money(session, CUSTOMER) == {"F-2": Decimal("240.50")}
            case _:
                house.now += timedelta(days=6)
    with pytest.raises(NotNow, match=why):
        house.desk.task_paper(task.id or 0, caller="Ines")


def _step(house: House) -> StepTaken:
    with unit_of_work(house.engine) as session:
        (step,) = steps_taken(session, CUSTOMER, zone="Europe/London")
    return step


def test_an_approved_letter_is_a_reminder_once_it_is_posted_and_not_before(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    assert (_step(house).state, _step(house).sent_on) == (StepState.OPEN, None)
    house.now += timedelta(days=2)
    house.desk.post_task(task.id or 0, day=TODAY + timedelta(days=1), actor="ines")
    assert (_step(house).state, _step(house).sent_on) == (StepState.SENT, TODAY + timedelta(days=1))


def test_a_letter_whose_ground_was_gone_may_come_again_and_one_that_a_person_ended_may_not(
    house: House, tmp_path: Path
) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    paid(house, "F-1", "100.00")
    with unit_of_work(house.engine) as session:
        assert void_groundless(session, now=house.now) == [task.id]
    assert (_step(house).state, _step(house).sent_on) == (StepState.DROPPED, None)
    day(house)
    letters = settings_for(tmp_path, Channel.LETTER)
    assert plan(house, settings=letters).planned == 1, "the first one never reached them"
    (item,) = think(house)
    house.desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)
    house.desk.drop_task((task.id or 0) + 1, note="we visit them", actor="ines")
    day(house)
    assert plan(house, settings=letters).planned == 0


def test_a_letter_that_lies_in_the_letterbox_is_noted_though_its_ground_went(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.LETTER)
    change(house, Customer, CUSTOMER, stopped_reason="asked")
    with unit_of_work(house.engine) as session:
        assert void_groundless(session, now=house.now) == [task.id]
    house.desk.post_task(task.id or 0, day=TODAY, actor="ines")
    assert (_step(house).state, _step(house).sent_on) == (StepState.SENT, TODAY)


def test_a_call_that_nobody_answered_was_no_reminder(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    house.desk.call_task(task.id or 0, Called(CallOutcome.WRONG_NUMBER), actor="ines")
    assert (_step(house).state, _step(house).sent_on) == (StepState.DROPPED, None)


def test_a_hold_is_proposed_once_the_letter_that_announces_it_is_posted(house: House, tmp_path: Path) -> None:
    reminded(house, OutreachStep.OVERDUE, "F-1", "F-2", days=6)
    letters = settings_for(tmp_path, Channel.MAIL)
    assert letters.cadences is not None
    steps = '{ step = "overdue", day = 1 }, { step = "hold_ahead", day = 6, channel = "letter" }'
    letters.cadences.write_text(f'[[cadence]]\nname = "by post"\nsteps = [{steps}]\n', "utf-8")
    assert plan(house, settings=letters).planned == 1
    (item,) = think(house)
    house.desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)

    def proposed() -> list[str]:
        with unit_of_work(house.engine) as session:
            return [row.kind for row in of_customer(session, CUSTOMER)]

    assert proposed() == []
    house.desk.post_task(task_of(house).id or 0, day=TODAY, actor="ines")
    assert proposed() == [LastResort.HOLD]


def test_letters_calls_and_texts_count_for_the_caps_of_mails(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)

    def counted() -> list[datetime]:
        with unit_of_work(house.engine) as session:
            return [one.at for one in written_to(session, CUSTOMER, now=house.now)]

    assert counted() == []
    house.desk.call_task(task.id or 0, Called(CallOutcome.REACHED, note="They look."), actor="ines")
    assert counted() == [house.now]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("country", ["DE", "US"])
def test_a_letter_carries_every_letter_of_every_language(language: str, country: str) -> None:
    words = "Grüße, señor, façade, è così, één, não, Łódź: ß œ € –\n\n- F-1\n\nEnd"
    line = AskedLine(number="F-1", due=date(2026, 2, 1), open=Decimal("1.50"), currency="EUR", days=3)
    letter = Letter(
        recipient=("Åhlgren & Søn", "Rue de l'Église 5", "Zürich"),
        country=country,
        customer_id="K1",
        reference="L-1",
        day=TODAY,
        language=language,
        words=words,
        contact="Ines Roth",
        company=COMPANY,
        asked=(line,),
    )
    pdf = letter_pdf(letter)
    said = text_of(pdf)
    assert "Grüße, señor, façade, è così, één, não" in said
    assert "Rue de l'Église 5" in said
    assert "?" not in said
    assert letter_pdf(letter) == pdf, "the same input gives the same bytes"
    page = PdfReader(BytesIO(pdf)).pages[0].mediabox
    assert (round(page.width), round(page.height)) == ((612, 792) if country == "US" else (595, 842))
    assert layout_for(country).name == ("us" if country == "US" else "din5008")


# --- calls ----------------------------------------------------------------------------------------------------------------


def test_a_call_brings_its_script_and_a_promise_goes_into_the_books(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    assert (task.state, task.recipient) == (TaskState.TO_CALL, PHONE)
    view = house.desk.task(task.id or 0, caller="Ines Roth")
    assert view is not None
    assert view.script is not None
    assert view.script.phone == shown(PHONE)
    assert (view.script.open_now, view.script.local_time) == (True, "Tue 10:30 (Europe/London)")
    assert view.script.lines == (
        ("F-1", "6 Apr 2026", "GBP 1,800.00", 8),
        ("F-2", "8 Apr 2026", "GBP 240.50", 6),
    )
    assert view.script.steps[0][1].startswith("Good day, this is Ines Roth from")
    assert any("up to 3 payments" in each.answer for each in view.script.objections)
    _, pdf = house.desk.task_paper(task.id or 0, caller="Ines Roth") or ("", b"")
    assert shown(PHONE) in text_of(pdf)
    day = TODAY + timedelta(days=9)
    said = Called(CallOutcome.PROMISED, note="pays after the run", day=day, invoices=("F-1",))
    assert "Promise for F-1" in house.desk.call_task(task.id or 0, said, actor="ines")
    with unit_of_work(house.engine) as session:
        promise = session.exec(select(Promise)).one()
        assert (promise.invoices, promise.due, promise.amount, promise.status) == (["F-1"], day, None, "open")
        assert [h.invoice_number for h in session.exec(select(Hold))] == ["F-1"]
        facts = customer_facts(session, CUSTOMER, now=house.now)
        assert [p.due for p in facts.promises] == [day]
    done = task_of(house)
    assert (done.state, done.outcome, done.carried_out_by) == (TaskState.CALLED, "promised", "ines")
    shown_item = house.desk.show(task.proposal_id)
    assert shown_item is not None
    assert [a.tool for a in shown_item.proposal.actions] == ["remind", "record_promise"]
    with unit_of_work(house.engine) as session:
        assert channel_tasks.reached(session, CUSTOMER, since=house.now - timedelta(days=1)) == [house.now]


def test_a_broken_word_of_the_telephone_wakes_the_case_as_any_other(house: House, tmp_path: Path) -> None:
    from store.aftermath import FollowupKind
    from store.followup_facts import facts_behind
    from store.followups import wake
    from store.matters import Followup

    task = agreed(house, tmp_path, Channel.CALL)
    day = TODAY + timedelta(days=2)
    house.desk.call_task(task.id or 0, Called(CallOutcome.PROMISED, day=day, note="on Thursday"), actor="ines")
    house.now += timedelta(days=12)
    with unit_of_work(house.engine) as session:
        promise = session.exec(select(Promise)).one()
        assert wake(
            session,
            kind=FollowupKind.PROMISE_BROKEN,
            subject_id=promise.id or 0,
            effect_id=promise.effect_id,
            due_on=day,
            now=house.now,
        )
        row = session.exec(select(Followup).where(Followup.kind == FollowupKind.PROMISE_BROKEN)).one()
        facts = facts_behind(session, row.message_id, followup_id=row.id, now=house.now)
    assert facts.followup is not None
    assert facts.followup.day == day
    assert facts.followup.claim.evidence == "on Thursday"


def test_a_dispute_of_the_telephone_holds_what_is_contested(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    with pytest.raises(NotNow, match="in their words"):
        house.desk.call_task(task.id or 0, Called(CallOutcome.DISPUTES, invoices=("F-2",)), actor="ines")
    said = Called(
        CallOutcome.DISPUTES,
        note="two boxes short",
        invoices=("F-2",),
        kind=DisputeKind.QUANTITY,
        amount=Decimal("40.50"),
    )
    house.desk.call_task(task.id or 0, said, actor="ines")
    with unit_of_work(house.engine) as session:
        dispute = session.exec(select(Dispute)).one()
        assert (dispute.invoice_number, dispute.kind, dispute.amount) == ("F-2", "quantity", Decimal("40.50"))
        assert dispute.statement == "two boxes short"
        assert session.get_one(Invoice, "F-2").balance == Decimal("240.50"), "nothing is credited on the telephone"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Called(CallOutcome.PROMISED), "needs its day"),
        (Called(CallOutcome.PROMISED, day=TODAY - timedelta(days=1)), "past"),
        (Called(CallOutcome.PROMISED, day=TODAY + timedelta(days=300)), "days off"),
        (Called(CallOutcome.PROMISED, day=TODAY, invoices=("X-1",)), "not one of the invoices"),
        (Called(CallOutcome.PROMISED, day=TODAY, amount=Decimal("99999.00")), "more than what is open"),
    ],
)
def test_what_policy_does_not_take_is_refused_and_the_call_stays(
    house: House, tmp_path: Path, said: Called, why: str
) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    with pytest.raises(NotNow, match=why):
        house.desk.call_task(task.id or 0, said, actor="ines")
    assert task_of(house).state == TaskState.TO_CALL
    assert task_of(house).tries == []
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Promise)).all() == []


def test_who_is_not_reached_is_called_again_inside_their_hours_and_not_for_ever(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    waits = []
    for _ in range(3):
        house.desk.call_task(task.id or 0, Called(CallOutcome.NOT_REACHED), actor="ines")
        now = task_of(house)
        assert now.state == TaskState.TO_CALL
        waits.append(now.not_before - house.now)
        house.now = now.not_before
    assert waits == [timedelta(hours=4), timedelta(days=1), timedelta(days=3)]
    house.desk.call_task(task.id or 0, Called(CallOutcome.NOT_REACHED), actor="ines")
    assert (task_of(house).state, len(task_of(house).tries)) == (TaskState.CALLED, 4)


def test_a_wrong_number_and_a_wish_for_no_calls_hold_on_every_path(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    house.desk.call_task(task.id or 0, Called(CallOutcome.REACHED, no_more_calls=True), actor="ines")
    with unit_of_work(house.engine) as session:
        assert [s.channel for s in session.exec(select(ChannelStop))] == [Channel.CALL]
        facts = customer_facts(session, CUSTOMER, now=house.now)
    assert "no verified contact" in (channels.refusal(Channel.CALL, facts) or "")
    assert channels.refusal(Channel.SMS, facts) is None
    change(house, Contact, facts.contacts[0].id, phone="+447400999999")
    with unit_of_work(house.engine) as session:
        assert channels.refusal(Channel.CALL, customer_facts(session, CUSTOMER, now=house.now)) is None


def test_only_verified_contacts_of_customers_that_are_not_stopped_are_reached(house: House) -> None:
    def refused() -> dict[Channel, str | None]:
        with unit_of_work(house.engine) as session:
            facts = customer_facts(session, CUSTOMER, now=house.now)
        return {channel: channels.refusal(channel, facts) for channel in channels.WAYS}

    assert set(refused().values()) == {None}
    with unit_of_work(house.engine) as session:
        contact = session.exec(select(Contact)).one()
        contact.status = ContactStatus.TO_VERIFY
    assert refused()[Channel.CALL] and refused()[Channel.SMS]  # noqa: PT018 - each is told
    change(house, Customer, CUSTOMER, stopped_reason="asked")
    assert all(why and "nothing may be written" in why for why in refused().values())


def test_a_task_that_nobody_will_do_ends_with_a_reason(house: House, tmp_path: Path) -> None:
    task = agreed(house, tmp_path, Channel.CALL)
    with pytest.raises(NotNow, match="say why"):
        house.desk.drop_task(task.id or 0, note=" ", actor="ines")
    house.desk.drop_task(task.id or 0, note="they merged", actor="ines")
    assert (task_of(house).state, task_of(house).note) == (TaskState.VOID, "they merged")
    with pytest.raises(NotNow, match="void already"):
        house.desk.call_task(task.id or 0, Called(CallOutcome.REACHED), actor="ines")


# --- numbers --------------------------------------------------------------------------------------------------------------


def test_numbers_are_kept_as_e164_and_refused_where_they_cannot_be() -> None:
    assert to_e164("+49 (0)40 555-0188") == "+49405550188"
    assert to_e164("+1 614 555 0123") == "+16145550123"
    for wrong in ("040 5550188", "nonsense", "+49 1", "+49 40 5550188 ext. 7", ""):
        with pytest.raises(ValueError, match=r"telephone number|dialled"):
            to_e164(wrong)
    assert shown("+447400123456") == "+44 7400 123456"
    assert takes_texts("+447400123456")
    assert not takes_texts("+441132345678")
