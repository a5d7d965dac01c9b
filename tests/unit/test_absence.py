"""Until when somebody is away, and who stands in: dates, ranges, weeks and days of the week in many languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.absence import read_absence

WEDNESDAY = date(2026, 7, 8)


def until(text: str) -> date | None:
    return read_absence(text, received_on=WEDNESDAY, from_address="ana@molinos.example").until


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I will be back on Monday, 16 March 2026.", None),
        ("I'm out of the office from Monday 13 July through Friday 17 July.", date(2026, 7, 17)),
        ("I am away on 9 and 10 July.", date(2026, 7, 10)),
        ("I am on leave next week.", date(2026, 7, 19)),
        ("I am out this week.", date(2026, 7, 12)),
        ("Ich bin bis Ende August in Elternzeit.", date(2026, 8, 31)),
        ("Back in the office next week.", date(2026, 7, 12)),
        ("I am on vacation until the end of the month.", date(2026, 7, 31)),
        ("I'm on holiday until the 20th.", date(2026, 7, 20)),
        ("Je suis absent jusqu'au 20.", date(2026, 7, 20)),
        ("Ich bin bis zum 20. nicht im Büro.", date(2026, 7, 20)),
        ("Ich bin vom 3. bis 14. August im Urlaub.", date(2026, 8, 14)),
        ("Urlaub 3.-14. August", date(2026, 8, 14)),
        ("Urlaub 03.08.-14.08.", date(2026, 8, 14)),
        ("Ich bin ab 20.07. im Urlaub.", None),
        ("Ich bin am 10.07. nicht im Büro.", date(2026, 7, 10)),
        ("Ab dem 20. Juli bin ich wieder erreichbar.", date(2026, 7, 19)),
        ("I will be out of office starting 07/06/2026 and returning 07/20/2026.", date(2026, 7, 19)),
        ("I am out of the office from 07/13/2026 to 07/17/2026.", date(2026, 7, 17)),
        ("Abwesend KW 29-30", date(2026, 7, 26)),
        ("Je suis en congés semaine 30.", date(2026, 7, 26)),
        ("Sarò in ferie dal 10 al 21 agosto compresi e rientrerò il 24 agosto.", date(2026, 8, 21)),
        ("Entre le 3 et le 14 août, je suis absent.", date(2026, 8, 14)),
        ("Estaré ausente entre el 3 y el 14 de agosto.", date(2026, 8, 14)),
        ("Vuelvo el lunes.", date(2026, 7, 12)),
        ("Ben terug op 20 juli.", date(2026, 7, 19)),
        ("Estou de férias de 3 a 14 de agosto, regresso no dia 17.", date(2026, 8, 14)),
        ("Jag är tillbaka den 20 juli.", date(2026, 7, 19)),
        ("Jag är på semester v. 29-31.", date(2026, 8, 2)),
        ("Będę nieobecny w dniach od 13 do 17 lipca.", date(2026, 7, 17)),
        ("I am on maternity leave until further notice.", None),
        ("I am away in August.", date(2026, 8, 31)),
        ("I'm out until Monday, July 20th, with no access.", date(2026, 7, 20)),
        ("I will return on Monday, July 20. If urgent call 020 7946 0011.", date(2026, 7, 19)),
        ("I'm out of office today and tomorrow.", date(2026, 7, 9)),
        ("I will be out of the office from 13.7. and will be back on 27.7.", date(2026, 7, 26)),
        ("Our office will be closed on 14 July.", date(2026, 7, 14)),
        ("Ich bin heute nicht im Büro.", date(2026, 7, 8)),
        ("Out of office till 17-07-2026", date(2026, 7, 17)),
        ("I will respond when I get back on the 20th.", date(2026, 7, 19)),
        ("I am out of office until 20/07.", date(2026, 7, 20)),
        ("bis 24.07.2026 (einschließlich) abwesend", date(2026, 7, 24)),
        ("I'm on annual leave from today until Friday 17th July inclusive, returning Monday 20th", date(2026, 7, 17)),
        ("Bureau fermé jusqu'au lundi 3 août inclus", date(2026, 8, 3)),
        ("I am out of the office, returning Monday.", date(2026, 7, 12)),
        ("不在期間：7月13日～7月17日", date(2026, 7, 17)),
        ("Bin ab Montag, 20.07., wieder da.", date(2026, 7, 19)),
        ("Sono in ufficio solo la mattina, dal lunedì al giovedì.", None),
        ("I'm travelling this week and I may be slow to answer.", date(2026, 7, 12)),
        ("I shall not read any mail before 3 August.", date(2026, 8, 2)),
        ("Kontoret er lukket i uge 29 og 30.", date(2026, 7, 26)),
    ],
)
def test_the_last_day_of_an_absence(text: str, expected: date | None) -> None:
    assert until(text) == expected


@pytest.mark.parametrize(
    ("text", "contact", "name"),
    [
        ("I am away. Please contact Jonas Weir (j.weir@bracken.example).", "j.weir@bracken.example", "Jonas Weir"),
        ("Meine Vertretung ist Frau Dr. Petra Maier, Tel. 0711 4711.", None, "Petra Maier"),
        ("En mon absence, contactez Mme Claire Morel.", None, "Claire Morel"),
        ("In my absence write to\nSanne de Wit\ns.dewit@kade.example", "s.dewit@kade.example", "Sanne de Wit"),
        ("My colleague Sam Holt can help.", None, "Sam Holt"),
        ("Ana Soto, ana@molinos.example. In my absence: ap@molinos.example", "ap@molinos.example", None),
        ("Please use ap@molinos.example.", "ap@molinos.example", None),
        ("This came from noreply@molinos.example, write to ap@molinos.example", "ap@molinos.example", None),
        ("Mi compañera Lucía Vega (L.Vega@Molinos.example) le atenderá.", "l.vega@molinos.example", "Lucía Vega"),
        ("I am out of the office. Kind regards\nAna Soto", None, None),
        ("Ana Soto has left Molinos Reunidos. Write to ap@molinos.example.", "ap@molinos.example", None),
    ],
)
def test_the_substitute(text: str, contact: str | None, name: str | None) -> None:
    found = read_absence(text, received_on=WEDNESDAY, from_address="ana@molinos.example")
    assert (found.contact, found.contact_name) == (contact, name)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_reading_never_fails_and_never_looks_far(text: str) -> None:
    found = read_absence(text, received_on=WEDNESDAY, from_address=None).until
    assert found is None or -7 <= (found - WEDNESDAY).days <= 1100


@settings(deadline=None)
@given(st.dates(WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=140)))
def test_every_plain_date_is_read_in_every_writing(day: date) -> None:
    assert until(f"I am out of the office until {day.day} {day:%B %Y}.") == day
    assert until(
        f"I am out of the office and will be back on {day:%A}, {day:%B} {day.day}, {day.year}."
    ) == day - timedelta(days=1)
    assert until(f"Ich bin bis zum {day:%d.%m.%Y} nicht im Büro.") == day
    assert until(f"Ich bin vom 01.07. bis {day.day}.{day.month}. im Urlaub.") == day
    assert until(f"Je suis absent jusqu'au {day:%d/%m/%Y}.") in (day, None), "3/4 has two readings"
    assert until(f"Away until {day:%Y-%m-%d}") == day
