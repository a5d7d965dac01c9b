"""Four eyes above the policy's threshold, held by the database: whoever approves first, or edits, is not the one who lets it go."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from review.desk import Blocked
from store import proposals
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.proposals import Stale
from store.roles import Role
from store.tables import Invoice, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, Reason
from tests.factories import LEDGER, NOW, House, claim, wide
from tests.signing import add

WORDS = "INV-20413 is paid on Friday 13 March."
MANY = 50


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    policy = wide(manager_above="10000.00", controller_above="100000.00")
    house = House(engine, policy=policy, roles={"auditor": "controller"})  # type: ignore[dict-item]
    with unit_of_work(engine) as session:
        for role in Role:
            add(session, house, role.value, role)
    return house


def held(house: House, *, balance: str) -> int:
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, "INV-20413")
        invoice.balance = invoice.amount = type(invoice.balance)(balance)
    promise = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 13))
    return house.hold(house.receive(WORDS), promise)


def row(house: House, proposal: int) -> ProposalRow:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, proposal)


def at_once(act: Callable[[], object]) -> list[object]:
    """Do the same many times at the same moment; give what came of each: its result, or the kind of its error."""

    def tried(_: int) -> object:
        try:
            return act()
        except (Blocked, Stale, IntegrityError) as error:
            return type(error)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(tried, range(MANY)))


def test_of_fifty_approvals_of_ones_own_none_passes(house: House) -> None:
    proposal = held(house, balance="100000.01")
    came = at_once(lambda: house.desk.approve(proposal, version=1, actor="controller"))
    assert set(came) <= {False, Stale}
    assert row(house, proposal).status == ProposalStatus.HELD
    assert row(house, proposal).approved_first_by == "controller"
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Outgoing)).all() == []
    assert house.desk.approve(proposal, version=1, actor="manager") is True, "somebody else lets it go"


def test_the_database_refuses_what_the_code_would_let_through(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert house.desk.approve(proposal, version=1, actor="controller") is False

    def past_the_rules() -> None:
        with unit_of_work(house.engine) as session:
            proposals.approve(
                session, proposal, version=1, actor="controller", now=NOW, outgoing=None, second_person=True
            )

    assert set(at_once(past_the_rules)) == {IntegrityError}
    assert row(house, proposal).status == ProposalStatus.HELD


def test_fifty_persons_at_once_let_it_go_once(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert house.desk.approve(proposal, version=1, actor="controller") is False
    came = at_once(lambda: house.desk.approve(proposal, version=1, actor="manager"))
    assert came.count(True) == 1
    assert set(came) == {True, Stale}


def test_what_the_first_saw_is_what_the_second_lets_go(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert house.desk.approve(proposal, version=1, actor="controller") is False
    with unit_of_work(house.engine) as session:
        session.execute(update(ProposalRow).where(col(ProposalRow.id) == proposal).values(version=2))

    def past_the_rules() -> None:
        with unit_of_work(house.engine) as session:
            proposals.approve(session, proposal, version=2, actor="manager", now=NOW, outgoing=None, second_person=True)

    with pytest.raises(IntegrityError):
        past_the_rules()


def test_who_edited_is_not_who_approves_where_the_policy_says_so(house: House) -> None:
    proposal = held(house, balance="10000.01")
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("\n\n", "\n\nThank you for writing.\n\n", 1)
    house.desk.edit(proposal, version=1, actor="manager", body=body)

    def past_the_rules() -> None:
        with unit_of_work(house.engine) as session:
            proposals.approve(session, proposal, version=2, actor="manager", now=NOW, outgoing=None, not_by_editor=True)

    assert set(at_once(past_the_rules)) == {IntegrityError}
    with pytest.raises(Blocked, match="Somebody else approves what manager edited"):
        house.desk.approve(proposal, version=2, actor="manager")
    assert house.desk.approve(proposal, version=2, actor="controller") is True
    assert row(house, proposal).not_by_editor


def test_the_constraints_hold_for_any_statement(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert house.desk.approve(proposal, version=1, actor="controller") is False
    assert house.desk.approve(proposal, version=1, actor="manager") is True
    for change in (
        "decided_by = 'controller'",
        "approved_first_by = 'manager'",
        "approved_first_by = NULL",
        "decided_by = NULL",
    ):
        with pytest.raises(IntegrityError), unit_of_work(house.engine) as session:
            session.execute(text(f"UPDATE proposal SET {change} WHERE id = {proposal}"))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_decides_nothing_approves_nothing_whatever_the_configuration_says(house: House, role: Role) -> None:
    proposal = held(house, balance="900.00")
    with pytest.raises(Blocked, match=f"{role.value} approves nothing"):
        house.desk.approve(proposal, version=1, actor=role.value)
    assert house.desk.approve(proposal, version=1, actor="collector") is True


def test_a_first_approval_of_somebody_who_lost_access_counts_no_more(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert house.desk.approve(proposal, version=1, actor="controller") is False
    with unit_of_work(house.engine) as session:
        session.execute(text("UPDATE person SET role = 'admin' WHERE login = 'controller'"))
    assert house.desk.approve(proposal, version=1, actor="manager") is False
    assert row(house, proposal).approved_first_by == "manager"


def test_the_name_of_somebody_who_decides_may_stand_under_a_mail_and_no_others(house: House) -> None:
    proposal = held(house, balance="900.00")
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is not None
    with unit_of_work(house.engine) as session:
        session.execute(text("UPDATE person SET name = 'Mona Berg' WHERE login = 'manager'"))
        session.execute(text("UPDATE person SET name = 'Ada Stern' WHERE login = 'admin'"))
    for name, blocked in (("Mona Berg", False), ("Ada Stern", True)):
        signed = item.proposal.draft.body.replace("{{ company.name }}", f"{name}\n{{{{ company.name }}}}", 1)
        again = house.desk.show(proposal)
        assert again is not None
        found = house.desk.preview(again, body=signed)[1]
        assert any(f.rule == "R-PRO-06" for f in found) is blocked, name
