"""Dates in seven languages, seen from Thursday 5 March 2026 unless a row says otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resolving.dates import FoundDate, find_dates
from agent.resolving.tense import Tense
from agent.resolving.words import LANGUAGES, lexicon

THURSDAY = date(2026, 3, 5)


def one(text: str, language: str | None, *, on: date = THURSDAY, month_first: bool = False) -> FoundDate:
    found = find_dates(text, received_on=on, language=language, month_first=month_first)
    assert len(found) == 1, [(f.text, f.date) for f in found]
    return found[0]


PHRASES = [
    # English
    ("en", "we pay on 20/03/2026", "2026-03-20"),
    ("en", "we pay on 2026-03-20", "2026-03-20"),
    ("en", "value date 3/20/2026", "2026-03-20"),
    ("en", "goes out 20 March", "2026-03-20"),
    ("en", "goes out March 20th", "2026-03-20"),
    ("en", "goes out on the 20th of March 2026", "2026-03-20"),
    ("en", "goes out Mar. 20, 2026", "2026-03-20"),
    ("en", "set up for 17-Apr", "2026-04-17"),
    ("en", "set up for 17-Apr-26", "2026-04-17"),
    ("en", "it will go on the 20th", "2026-03-20"),
    ("en", "it will go on the 2nd", "2026-04-02"),
    ("en", "the 5th of this month", "2026-03-05"),
    ("en", "the 3rd of next month", "2026-04-03"),
    ("en", "he says the eighteenth", "2026-03-18"),
    ("en", "third of July", "2026-07-03"),
    ("en", "you are in Friday's run", "2026-03-06"),
    ("en", "we pay Thursday", "2026-03-12"),
    ("en", "this Friday's run", "2026-03-06"),
    ("en", "next Friday", "2026-03-13"),
    ("en", "Friday week", "2026-03-13"),
    ("en", "a week on Monday", "2026-03-16"),
    ("en", "Tuesday next week", "2026-03-10"),
    ("en", "Thursday the 26th", "2026-03-26"),
    ("en", "Friday 13", "2026-03-13"),
    ("en", "Friday, 13 March", "2026-03-13"),
    ("en", "tomorrow", "2026-03-06"),
    ("en", "the day after tomorrow", "2026-03-07"),
    ("en", "in two weeks", "2026-03-19"),
    ("en", "in a fortnight", "2026-03-19"),
    ("en", "in 10 days", "2026-03-15"),
    ("en", "within five working days", "2026-03-12"),
    ("en", "two weeks from now", "2026-03-19"),
    ("en", "in a couple of weeks", "2026-03-19"),
    ("en", "at the end of the month", "2026-03-31"),
    ("en", "by month end", "2026-03-31"),
    ("en", "by EOM", "2026-03-31"),
    ("en", "end of March", "2026-03-31"),
    ("en", "end of next month", "2026-04-30"),
    ("en", "mid-April", "2026-04-15"),
    ("en", "middle of next month", "2026-04-15"),
    ("en", "first week of April", "2026-04-07"),
    ("en", "beginning of next month", "2026-04-07"),
    ("en", "week 14", "2026-04-03"),
    ("en", "w/c 16 March", "2026-03-20"),
    ("en", "before the 15th", "2026-03-13"),
    ("en", "by the 15th", "2026-03-15"),
    ("en", "in January", "2027-01-29"),
    ("en", "before April", "2026-03-31"),
    ("en", "this week", "2026-03-06"),
    ("en", "next week", "2026-03-13"),
    ("en", "by the end of next week", "2026-03-13"),
    ("en", "next month", "2026-04-30"),
    ("en", "the last Friday of the month", "2026-03-27"),
    ("en", "the last banking day of May", "2026-05-29"),
    ("en", "end of Q2", "2026-06-30"),
    ("en", "by year end", "2026-12-31"),
    ("en", "before Christmas", "2026-12-24"),
    ("en", "closed 3-14 August", "2026-08-14"),
    ("en", "we paid on 3 March", "2026-03-03"),
    ("en", "we paid on the 20th", "2026-02-20"),
    ("en", "it was paid on Friday", "2026-02-27"),
    ("en", "last Friday", "2026-02-27"),
    ("en", "it left us yesterday", "2026-03-04"),
    ("en", "two weeks ago", "2026-02-19"),
    ("en", "we settled it in December", "2025-12-31"),
    ("en", "it went out on 14 November", "2025-11-14"),
    ("en", "it will be paid on the 20th", "2026-03-20"),
    # German
    ("de", "wir zahlen am 20.3.", "2026-03-20"),
    ("de", "wir zahlen am 20.03.2026", "2026-03-20"),
    ("de", "Zahllauf am Freitag, 13.03.2026", "2026-03-13"),
    ("de", "am Montag, den 4. Mai", "2026-05-04"),
    ("de", "bis einschließlich 22. August", "2026-08-22"),
    ("de", "bis zum 9. Juni", "2026-06-09"),
    ("de", "wir überweisen am 20.", "2026-03-20"),
    ("de", "zum 15. April", "2026-04-15"),
    ("de", "am 18. d. M.", "2026-03-18"),
    ("de", "am 1. vom nächsten Monat", "2026-04-01"),
    ("de", "nächsten Freitag", "2026-03-06"),
    ("de", "kommenden Dienstag", "2026-03-10"),
    ("de", "übernächsten Freitag", "2026-03-13"),
    ("de", "Dienstag nächster Woche", "2026-03-10"),
    ("de", "Mittwoch habt ihr das Geld", "2026-03-11"),
    ("de", "morgen früh", "2026-03-06"),
    ("de", "in zwei Wochen", "2026-03-19"),
    ("de", "in 10 Tagen", "2026-03-15"),
    ("de", "innerhalb von fünf Werktagen", "2026-03-12"),
    ("de", "zum Monatsende", "2026-03-31"),
    ("de", "Ende März", "2026-03-31"),
    ("de", "Ende nächsten Monats", "2026-04-30"),
    ("de", "per ultimo", "2026-03-31"),
    ("de", "medio April", "2026-04-15"),
    ("de", "Mitte April", "2026-04-15"),
    ("de", "Anfang nächsten Monats", "2026-04-07"),
    ("de", "in der ersten Woche im April", "2026-04-07"),
    ("de", "in KW 14", "2026-04-03"),
    ("de", "vor dem 15.", "2026-03-13"),
    ("de", "bis zum 15.", "2026-03-15"),
    ("de", "im Januar", "2027-01-29"),
    ("de", "noch in diesem Monat", "2026-03-31"),
    ("de", "letzten Freitag", "2026-02-27"),
    ("de", "wir haben am 3. März überwiesen", "2026-03-03"),
    ("de", "der Betrag wurde am 14.11. abgebucht", "2025-11-14"),
    ("de", "das wird am 20. überwiesen", "2026-03-20"),
    ("de", "vor zwei Wochen", "2026-02-19"),
    # French
    ("fr", "le virement part le 20", "2026-03-20"),
    ("fr", "le 20 mars", "2026-03-20"),
    ("fr", "jusqu'au 24 août inclus", "2026-08-24"),
    ("fr", "le 1er avril", "2026-04-01"),
    ("fr", "le 15/04", "2026-04-15"),
    ("fr", "vendredi prochain", "2026-03-06"),
    ("fr", "mardi en huit", "2026-03-17"),
    ("fr", "vendredi 13", "2026-03-13"),
    ("fr", "demain", "2026-03-06"),
    ("fr", "dans deux semaines", "2026-03-19"),
    ("fr", "sous huit jours", "2026-03-13"),
    ("fr", "fin de mois", "2026-03-31"),
    ("fr", "fin mars", "2026-03-31"),
    ("fr", "à la fin du mois prochain", "2026-04-30"),
    ("fr", "mi-avril", "2026-04-15"),
    ("fr", "début avril", "2026-04-07"),
    ("fr", "la première semaine d'avril", "2026-04-07"),
    ("fr", "semaine 14", "2026-04-03"),
    ("fr", "avant le 15", "2026-03-13"),
    ("fr", "d'ici le 15", "2026-03-15"),
    ("fr", "en janvier", "2027-01-29"),
    ("fr", "le 3 du mois prochain", "2026-04-03"),
    ("fr", "nous avons payé le 3 mars", "2026-03-03"),
    ("fr", "vendredi dernier", "2026-02-27"),
    ("fr", "réglée le 17/02", "2026-02-17"),
    ("fr", "il y a deux semaines", "2026-02-19"),
    # Spanish
    ("es", "pagamos el próximo viernes", "2026-03-06"),
    ("es", "el martes que viene", "2026-03-10"),
    ("es", "el día 20", "2026-03-20"),
    ("es", "el 20 de marzo", "2026-03-20"),
    ("es", "el lunes 9", "2026-03-09"),
    ("es", "15/12", "2026-12-15"),
    ("es", "el viernes", "2026-03-06"),
    ("es", "lo envío mañana", "2026-03-06"),
    ("es", "en dos semanas", "2026-03-19"),
    ("es", "en 10 días hábiles", "2026-03-19"),
    ("es", "a finales de mes", "2026-03-31"),
    ("es", "a fin de mes", "2026-03-31"),
    ("es", "a mediados de abril", "2026-04-15"),
    ("es", "a principios del próximo mes", "2026-04-07"),
    ("es", "la primera semana de abril", "2026-04-07"),
    ("es", "antes del 15", "2026-03-13"),
    ("es", "antes del 15 de diciembre", "2026-12-14"),
    ("es", "en enero", "2027-01-29"),
    ("es", "último día hábil de este mes", "2026-03-31"),
    ("es", "se pagó el 3 de marzo", "2026-03-03"),
    ("es", "el martes pasado", "2026-03-03"),
    ("es", "hace dos semanas", "2026-02-19"),
    # Dutch
    ("nl", "we betalen op 20 maart", "2026-03-20"),
    ("nl", "op de 20e", "2026-03-20"),
    ("nl", "vrijdag", "2026-03-06"),
    ("nl", "deze vrijdag", "2026-03-06"),
    ("nl", "aanstaande vrijdag", "2026-03-06"),
    ("nl", "volgende vrijdag", "2026-03-13"),
    ("nl", "morgen", "2026-03-06"),
    ("nl", "over twee weken", "2026-03-19"),
    ("nl", "binnen 10 dagen", "2026-03-15"),
    ("nl", "eind maart", "2026-03-31"),
    ("nl", "einde van de maand", "2026-03-31"),
    ("nl", "half april", "2026-04-15"),
    ("nl", "begin volgende maand", "2026-04-07"),
    ("nl", "eerste week van april", "2026-04-07"),
    ("nl", "in week 14", "2026-04-03"),
    ("nl", "voor de 15e", "2026-03-13"),
    ("nl", "in januari", "2027-01-29"),
    ("nl", "afgelopen vrijdag", "2026-02-27"),
    ("nl", "de factuur is op 3 maart betaald", "2026-03-03"),
    ("nl", "2 dagen geleden", "2026-03-03"),
    # Italian
    ("it", "paghiamo il 20", "2026-03-20"),
    ("it", "il 20 marzo", "2026-03-20"),
    ("it", "entro il 18 c.m.", "2026-03-18"),
    ("it", "venerdì prossimo", "2026-03-06"),
    ("it", "mercoledì 11", "2026-03-11"),
    ("it", "domani", "2026-03-06"),
    ("it", "tra due settimane", "2026-03-19"),
    ("it", "entro 10 giorni", "2026-03-15"),
    ("it", "a fine mese", "2026-03-31"),
    ("it", "fine marzo", "2026-03-31"),
    ("it", "a metà aprile", "2026-04-15"),
    ("it", "ai primi di aprile", "2026-04-07"),
    ("it", "prima settimana di aprile", "2026-04-07"),
    ("it", "prima del 15", "2026-03-13"),
    ("it", "a gennaio", "2027-01-29"),
    ("it", "pagato il 3 marzo", "2026-03-03"),
    ("it", "lunedì scorso", "2026-03-02"),
    ("it", "settimana prossima", "2026-03-13"),
    # Portuguese
    ("pt", "pagamos dia 20", "2026-03-20"),
    ("pt", "no dia 20 de março", "2026-03-20"),
    ("pt", "na sexta-feira", "2026-03-06"),
    ("pt", "na próxima terça", "2026-03-10"),
    ("pt", "quinta, dia 26", "2026-03-26"),
    ("pt", "cai amanhã", "2026-03-06"),
    ("pt", "daqui a duas semanas", "2026-03-19"),
    ("pt", "em 10 dias úteis", "2026-03-19"),
    ("pt", "no final do mês", "2026-03-31"),
    ("pt", "fim de março", "2026-03-31"),
    ("pt", "meados de abril", "2026-04-15"),
    ("pt", "no início do próximo mês", "2026-04-07"),
    ("pt", "primeira semana de abril", "2026-04-07"),
    ("pt", "antes do dia 15", "2026-03-13"),
    ("pt", "em janeiro", "2027-01-29"),
    ("pt", "foi pago no dia 3 de março", "2026-03-03"),
    ("pt", "sexta passada", "2026-02-27"),
    ("pt", "há três semanas", "2026-02-12"),
]


@pytest.mark.parametrize(("language", "text", "expected"), PHRASES)
def test_a_phrase_means_its_day(language: str, text: str, expected: str) -> None:
    assert one(text, language).date == date.fromisoformat(expected)


def test_the_table_is_long_enough_and_knows_all_languages() -> None:
    assert len(PHRASES) >= 120
    assert {language for language, _, _ in PHRASES} == set(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "language", "on", "expected"),
    [
        ("by end of February", "en", date(2027, 11, 1), date(2028, 2, 29)),
        ("on the 31st", "en", date(2026, 4, 2), date(2026, 5, 31)),
        ("Friday", "en", date(2026, 3, 6), date(2026, 3, 13)),
        ("this Friday", "en", date(2026, 3, 6), date(2026, 3, 6)),
        ("next Friday", "en", date(2026, 3, 9), date(2026, 3, 20)),
        ("end of the month", "en", date(2026, 5, 31), date(2026, 5, 31)),
        ("in two months", "en", date(2025, 12, 31), date(2026, 2, 28)),
        ("KW 1", "de", date(2026, 12, 20), date(2027, 1, 8)),
        ("week 53", "en", date(2026, 3, 5), date(2027, 1, 1)),
        ("before Easter", "en", THURSDAY, date(2026, 4, 3)),
        ("this week", "en", date(2026, 3, 7), date(2026, 3, 8)),
        ("by 29 February", "en", THURSDAY, date(2028, 2, 29)),
    ],
)
def test_the_edges_of_the_calendar(text: str, language: str, on: date, expected: date) -> None:
    assert one(text, language, on=on).date == expected


def test_an_ambiguous_date_is_day_first_unless_the_customer_writes_month_first() -> None:
    assert one("paid on 03/04/2026", "en").date == date(2026, 4, 3)
    assert one("paid on 03/04/2026", "en", month_first=True).date == date(2026, 3, 4)
    assert one("due 20/03/2026", "en", month_first=True).date == date(2026, 3, 20)
    assert one("am 03.04.2026", "de", month_first=True).date == date(2026, 4, 3)


def test_a_weekday_decides_between_two_years_and_a_day_number_beats_a_weekday() -> None:
    assert one("on Tuesday 3 March", "en").date == date(2026, 3, 3)
    assert one("on Monday 13 March", "en").date == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "it goes in the next run, very soon"),
        ("en", "we may march on, and so may you"),
        ("en", "the 2nd reminder and the 3rd invoice"),
        ("en", "14.20 a unit, 1/2 of it"),
        ("en", "your RE2026/0331 and INV-2026-03-20-7"),
        ("en", "net 30, 24/7, ratio 3/4"),
        ("en", "within 14 days of your acceptance"),
        ("en", "2026-13-45 and 31/02/2026 and 99/99/2026"),
        ("de", "Guten Morgen zusammen, mit der 2. Mahnung"),
        ("de", "19 % MwSt auf 12 Stück"),
        ("fr", "le 20 % de remise et les 3 factures"),
        ("es", "el 15% de descuento, por la mañana"),
        ("nl", "Goede morgen, de 2e herinnering"),
        ("it", "il 20% in meno"),
        ("pt", "a segunda via da fatura"),
    ],
)
def test_what_is_no_date_is_left_alone(language: str, text: str) -> None:
    assert find_dates(text, received_on=THURSDAY, language=language) == []


def test_several_dates_keep_their_order_and_their_tense() -> None:
    text = "We paid 500 on Monday, and the rest goes out on the 20th."
    found = find_dates(text, received_on=THURSDAY, language="en")
    assert [(f.text, f.date, f.past) for f in found] == [
        ("Monday", date(2026, 3, 2), True),
        ("the 20th", date(2026, 3, 20), False),
    ]


def test_the_reader_may_say_which_way_the_words_look() -> None:
    def read(tense: Tense | None, *, certain: bool = False, text: str = "Value date Tuesday") -> date:
        found = find_dates(text, received_on=THURSDAY, language="en", tense=tense, certain=certain)
        return found[0].date

    assert read(None) == read(Tense.FUTURE) == date(2026, 3, 10)
    assert read(Tense.PAST) == date(2026, 3, 3)
    assert read(Tense.PAST, text="it will go on Tuesday") == date(2026, 3, 10)
    assert read(Tense.PAST, certain=True, text="it will go on Tuesday") == date(2026, 3, 3)
    assert read(Tense.FUTURE, certain=True, text="it went last Tuesday") == date(2026, 3, 3)


@pytest.mark.parametrize(("language", "text", "expected"), PHRASES[::7])
def test_an_unknown_language_is_recognised_by_its_words(language: str, text: str, expected: str) -> None:
    frame = {
        "en": "Hello, this is what we have for you:",
        "de": "Guten Tag, wir haben für Sie notiert:",
        "fr": "Bonjour, nous vous disons pour la facture :",
        "es": "Hola, les decimos que para la factura es:",
        "nl": "Dag, wij hebben voor u het volgende:",
        "it": "Buongiorno, non abbiamo per la fattura che:",
        "pt": "Bom dia, não temos para a fatura que:",
    }[language]
    found = find_dates(f"{frame}\n{text}", received_on=THURSDAY, language=None)
    assert date.fromisoformat(expected) in {f.date for f in found}


def test_a_wrong_language_is_corrected_where_the_words_speak_against_it() -> None:
    text = "Wir haben die Rechnung vorliegen und zahlen am Freitag."
    assert one(text, "en").date == date(2026, 3, 6)


def test_a_phrase_may_be_broken_by_the_mail_program() -> None:
    text = "We have your invoice in the system and it will be settled at the end\nof April as agreed."
    found = one(text, "en")
    assert (found.date, found.text) == (date(2026, 4, 30), "the end\nof April")


TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                "the",
                "20th",
                "on",
                "by",
                "before",
                "end",
                "of",
                "March",
                "Friday",
                "next",
                "last",
                "in",
                "two",
                "weeks",
                "31.",
                "29/02",
                "0",
                "99",
                "2026-02-30",
                "am",
                "le",
                "el",
                "dia",
                "KW",
                "53",
                "week",
                "fin",
                "de",
                "mes",
                "eind",
                "fine",
                "ultimo",
                ",",
                ".",
                "\n",
                "-",
                "'",
                "%",
                "€",
                "½",
                "İ",
                "ß",
                "́",
                "\x00",
                "1",
                "000",
            ]
        ),
        max_size=40,
    ).map(" ".join),
)


@given(text=TEXTS, language=st.sampled_from([*LANGUAGES, None, "xx", "pt-BR"]), on=st.dates())
def test_any_text_is_read_without_an_exception_and_spans_are_exact(text: str, language: str | None, on: date) -> None:
    end = 0
    for found in find_dates(text, received_on=on, language=language):
        assert found.text == text[found.start : found.end] != ""
        assert found.start >= end
        end = found.end


_FORMS = [
    lambda d: d.isoformat(),
    lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d.day:02}-{d.month:02}-{d.year}",
]


@given(
    day=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)),
    form=st.sampled_from(_FORMS),
    language=st.sampled_from(LANGUAGES),
    on=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)),
)
def test_a_full_date_in_figures_comes_back(day: date, form: object, language: str, on: date) -> None:
    assert callable(form)
    found = find_dates(f"INV-1: {form(day)} ok", received_on=on, language=language)
    assert [f.date for f in found] == [day]


@given(
    day=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)),
    language=st.sampled_from(LANGUAGES),
    on=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)),
)
def test_a_full_date_in_words_comes_back(day: date, language: str, on: date) -> None:
    month = lexicon(language).months_full[day.month - 1].split("|")[0]
    joint = {"de": ". ", "es": " de ", "pt": " de "}.get(language, " ")
    year = " de " if language in ("es", "pt") else " "
    found = find_dates(f"{day.day}{joint}{month}{year}{day.year}", received_on=on, language=language)
    assert [f.date for f in found] == [day]


@given(on=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 1)), days=st.integers(1, 300))
def test_a_bare_weekday_is_always_within_the_coming_week(on: date, days: int) -> None:
    name = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][days % 7]
    found = one(f"we will pay {name}", "en", on=on).date
    assert timedelta(0) < found - on <= timedelta(7)
    assert found.strftime("%A") == name


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We pay on 31 December 2500.", "en"),
        ("We pay in December 2500", "en"),
        ("zahlen wir am 31. Dezember 2500", "de"),
        ("le 31 décembre 2500", "fr"),
        ("el 31 de diciembre de 2500", "es"),
        ("op 31 december 2500", "nl"),
        ("il 31 dicembre 2500", "it"),
        ("a 31 de dezembro de 2500", "pt"),
        ("on 31.12.2500", "en"),
    ],
)
def test_a_day_of_a_year_that_nobody_means_is_no_day(text: str, language: str) -> None:
    assert find_dates(text, received_on=date(2026, 3, 10), language=language) == []


@pytest.mark.parametrize(
    "text",
    [
        "on 31 December 2500 EUR",
        "by 31 December, 2500 euros",
        "31 December 2500.50",
        "31 December: 2500",
        "31 December",
    ],
)
def test_a_sum_behind_a_day_is_no_year(text: str) -> None:
    (found,) = find_dates(text, received_on=date(2026, 3, 10), language="en")
    assert found.date == date(2026, 12, 31)
