"""Addresses, people, order numbers, references, portals, papers, grounds and instalments in customers' own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resolving.kinds import dispute_kind, document_kind, find_portals, instalments
from agent.resolving.names import find_contacts, find_emails
from agent.resolving.orders import find_po_numbers, find_references, right_po_number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to k.ahlgren@firm.example.", "k.ahlgren@firm.example"),
        ("(Invoices@Green-Foods.example)", "invoices@green-foods.example"),
        ("mail ap (at) firm.example", "ap@firm.example"),
        ("mail ap [at] firm [dot] example", "ap@firm.example"),
        ("an rechnung(at)werk(punkt)example senden", "rechnung@werk.example"),
        ("buchhaltung at firma.example", "buchhaltung@firma.example"),
        ("lg61.2025@pec-curatele.example", "lg61.2025@pec-curatele.example"),
        ("<accounts+uk@firm.co.example>", "accounts+uk@firm.co.example"),
    ],
)
def test_an_address_is_found(text: str, address: str) -> None:
    assert [f.address for f in find_emails(text)] == [address]


@pytest.mark.parametrize(
    "text", ["no address here", "meet us at Leeds. ok", "a@b", "@home.example", "12@ 4.50", "..@firm.example"]
)
def test_what_is_no_address_is_not_found(text: str) -> None:
    assert find_emails(text) == []


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("Please write to Karin Åhlgren from now on: k.a@firm.example.", "Karin Åhlgren", "k.a@firm.example"),
        ("Please try Marguerite Sloane, m.sloane@firm.example", "Marguerite Sloane", "m.sloane@firm.example"),
        ("my colleague Joe Bloggs deals with it", "Joe Bloggs", None),
        ("For payments ask for Priti Shah.", "Priti Shah", None),
        ("Bills go to Shauna now, shauna@firm.example", "Shauna", "shauna@firm.example"),
        ("I believe Mr Farouk is on farouk@firm.example", "Mr Farouk", "farouk@firm.example"),
        ("The liquidator is Simon Ayckroyd", "Simon Ayckroyd", None),
        ("Kylie Rasmussen has taken over", "Kylie Rasmussen", None),
        ("forward it to Mr. John O'Neill please", "John O'Neill", None),
        ("Ansprechpartnerin ist Frau Müller", "Frau Müller", None),
        ("Wenden Sie sich bitte an Herrn Dörfler, d@firm.example", "Herr Dörfler", "d@firm.example"),
        (
            "meine Vertretung, Herrn Lukas Feder (l.feder@firm.example, Durchwahl -318)",
            "Lukas Feder",
            "l.feder@firm.example",
        ),
        ("Insolvenzverwalterin ist Frau Rechtsanwältin Dr. Ulrike Senftl", "Dr. Ulrike Senftl", None),
        ("Bitte künftig an Frau Anke Mühlfeld", "Anke Mühlfeld", None),
        ("Voyez avec Élodie Mercier, e.m@firm.example", "Élodie Mercier", "e.m@firm.example"),
        ("contactez Bruno Saunier (b.s@firm.example)", "Bruno Saunier", "b.s@firm.example"),
        ("contacte con María José de la Torre", "María José de la Torre", None),
        ("ahora lo lleva Iker Zabala (iker@firm.example)", "Iker Zabala", "iker@firm.example"),
        ("neem contact op met Jan van der Berg", "Jan van der Berg", None),
        ("gaan bij ons naar Ravi Jhinkoe, r.j@firm.example", "Ravi Jhinkoe", "r.j@firm.example"),
        ("Per i fornitori scriva a Luca Ferri, l.f@firm.example", "Luca Ferri", "l.f@firm.example"),
        ("fale com a Joana Seixas, j.s@firm.example", "Joana Seixas", "j.s@firm.example"),
    ],
)
def test_the_person_to_write_to_is_found(text: str, name: str, email: str | None) -> None:
    assert [(f.name, f.email) for f in find_contacts(text)] == [(name, email)]


@pytest.mark.parametrize(
    "text",
    [
        "Ingrid Solberg left us in January and drives trucks now.",
        "Please write to us again in March.",
        "Best to invoices@firm.example",
        "Use Coupa for this. Contact Accounts Payable. Ask IT.",
        "Kind regards\nPriya Kershaw\nPurchase Ledger",
    ],
)
def test_other_capitals_are_no_person_to_write_to(text: str) -> None:
    assert find_contacts(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("please add PO HF-78263", "HF-78263"),
        ("our order number is 4500012345", "4500012345"),
        ("P.O. number: 70-3315.", "70-3315"),
        ("purchase order no. WC/2214 please", "WC/2214"),
        ("Bestellnummer 45009912", "45009912"),
        ("die Bestellung lautet B-2207", "B-2207"),
        ("n° de commande 4500-118822", "4500-118822"),
        ("le bon de commande BC-2025-4471", "BC-2025-4471"),
        ("pedido 31-5590", "31-5590"),
        ("la orden de compra es 4501178", "4501178"),
        ("il nostro ordine B-3390", "B-3390"),
        ("a encomenda EC-2270", "EC-2270"),
        ("bestelnummer UL-88120", "UL-88120"),
        ("it quotes PO 4500771, it should be 4500717", "4500717"),
        ("use PO B-22 instead of PO A-11", "B-22"),
        ("instead of PO A-11 use B-22", "B-22"),
        ("it shows 700219 instead of 700291", "700291"),
        ("not PO A-1100 but B-2200", "B-2200"),
        ("nicht Bestellung 4711-1, sondern 4711-2", "4711-2"),
        ("statt 88-3310 bitte mit 88-3345", "88-3345"),
        ("pas la commande 8812 mais 8839", "8839"),
        ("no es el pedido 4400 sino el 5500", "5500"),
        ("niet order 1180 maar 1190", "1190"),
        ("non l'ordine 7741 ma il 7742", "7742"),
        ("a encomenda EC-2207 é de outro cliente. A vossa é a EC-2270", "EC-2270"),
        ("PO HF-77041 was closed in November. The boxes were called off against PO HF-78263.", "HF-78263"),
        ("the old PO 20259 expired, new one is 20260", "20260"),
        ("PO B-11290 was exhausted last month", None),
        ("la commande HF-77120 est épuisée", None),
        ("die Bestellung 3300561 ist im System gelöscht worden", None),
        ("we have POs PCP-450026 and PCP-450031, and PO PCP-450044 too", None),
        ("the amount of EUR 4,500.00 on 12.03.2026", None),
        ("where is your PO?", None),
    ],
)
def test_the_right_order_is_told_from_the_wrong_one(text: str, number: str | None) -> None:
    assert right_po_number(text) == number


def test_an_invoice_is_never_an_order() -> None:
    text = "order 20419 quotes 4500771, should be 4500717"
    assert right_po_number(text, known_numbers=("20419",)) == "4500717"
    assert "20419" not in [f.text for f in find_po_numbers(text, known_numbers=("20419",))]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("paid on 19 Feb (our ref PL88120)", "PL88120"),
        ("référence TD-20260304-117", "TD-20260304-117"),
        ("ref DOBSONS MOT. I saw it", "DOBSONS MOT"),
        ("cheque number 000417, £455", "000417"),
        ("check #10884", "10884"),
        ("Fed reference 0227B1QGC07", "0227B1QGC07"),
        ("debit note DN-5521", "DN-5521"),
        ("CRO 88120045517", "88120045517"),
        ("communication +++090/9337/55493+++", "+++090/9337/55493+++"),
        ("kenmerk 7700-D118", "7700-D118"),
        ("comprobante 00387721", "00387721"),
    ],
)
def test_a_payment_reference_is_found(text: str, reference: str) -> None:
    assert [f.text for f in find_references(text)] == [reference]


@pytest.mark.parametrize(
    ("text", "portals"),
    [
        ("submit through our Coupa supplier portal", ["Coupa"]),
        ("über das Ariba Network", ["Ariba"]),
        ("déposer sur Chorus Pro", ["Chorus Pro"]),
        ("debe registrarse en FACe.", ["FACe"]),
        ("tramite Sistema di Interscambio (SDI)", ["SDI"]),
        ("via Peppol of Mercurius", ["Peppol", "Mercurius"]),
        ("in our supplier hub", ["supplier portal"]),
        ("we met face to face", []),
    ],
)
def test_portals_are_named(text: str, portals: list[str]) -> None:
    assert find_portals(text) == portals


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("send us a signed Form W-9 or the W-8BEN-E", "w9"),
        ("could I get an up to date statement please", "statement"),
        ("einen Kontoauszug mit allen offenen Posten", "statement"),
        ("un relevé de compte complet", "statement"),
        ("a signed POD for 45102", "proof_of_delivery"),
        ("den unterschriebenen Lieferschein", "proof_of_delivery"),
        ("le bon de livraison émargé", "proof_of_delivery"),
        ("a letter from your bank", "bank_letter"),
        ("RIB signé par votre banque", "bank_letter"),
        ("our supplier registration form", "vendor_form"),
        ("die beigefügte Lieferantenselbstauskunft", "vendor_form"),
        ("copia del contrato de mantenimiento", "contract"),
        ("certificate of origin", "other"),
        ("the contract and the statement of account", None),
        ("something else", None),
    ],
)
def test_the_paper_that_is_asked_for(text: str, kind: str | None) -> None:
    assert document_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("the price is higher than quoted", "pricing"),
        ("der Preis stimmt nicht mit Ihrem Angebot überein", "pricing"),
        ("le prix unitaire n'est pas celui du devis", "pricing"),
        ("half of the panels arrived damaged", "quality"),
        ("la mercancía llegó dañada y rotos los vidrios, defectuosa", "quality"),
        ("de helft was beschadigd", "quality"),
        ("the goods never arrived", "not_received"),
        ("die Ware wurde nie geliefert", "not_received"),
        ("la merce non è mai arrivata", "not_received"),
        ("short delivery", "quantity"),
        ("nur 32 Stück angekommen", "quantity"),
        ("faltan 3 cajas", "quantity"),
        ("you billed us twice, a duplicate", "duplicate"),
        ("doppelt berechnet", "duplicate"),
        ("está duplicada", "duplicate"),
        ("our terms are net 60", "terms"),
        ("condizioni di pagamento diverse", "terms"),
        ("you charged VAT, we are exempt", "tax"),
        ("Sie haben 19 % MwSt berechnet", "tax"),
        ("we never ordered this", "not_ours"),
        ("das haben wir nie bestellt", "not_ours"),
        ("não encomendamos isto", "not_ours"),
        ("the price is wrong and the box was damaged", None),
        ("we do not agree", None),
    ],
)
def test_the_ground_of_a_dispute(text: str, kind: str | None) -> None:
    assert dispute_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("four equal instalments", 4),
        ("in three goes", 3),
        ("3 Raten", 3),
        ("in sechs Tranchen", 6),
        ("en 4 fois", 4),
        ("quatre mensualités de 3 500 EUR", 4),
        ("en cinco cuotas mensuales", 5),
        ("in 3 keer", 3),
        ("in 5 rate mensili", 5),
        ("em seis parcelas", 6),
        ("3x", 3),
        ("6 x 500", 6),
        ("over six months", 6),
        ("three checks or four payments", None),
        ("invoice 4 of 7", None),
        ("1 payment", None),
        ("500 payments", None),
    ],
)
def test_instalments_are_counted(text: str, count: int | None) -> None:
    assert instalments(text) == count


WORDS = [
    "PO",
    "po:",
    "HF-1",
    "20419",
    "not",
    "but",
    "instead",
    "of",
    "should",
    "be",
    "Write",
    "to",
    "Karin",
    "Åhlgren",
    "k@f.example",
    "(at)",
    ".",
    ",",
    "\n",
    "Mr",
    "von",
    "der",
    "A.B.",
    "ref",
    "12",
    "-",
    "'",
    "İ",
    "\x00",
    "3x",
    "W-9",
]


@given(text=st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)))
def test_any_text_is_read_without_an_exception_and_spans_are_exact(text: str) -> None:
    for found in (find_emails(text), find_contacts(text), find_po_numbers(text), find_references(text)):
        assert all(f.text == text[f.start : f.end] != "" for f in found)
    find_portals(text)
    document_kind(text)
    dispute_kind(text)
    instalments(text)
