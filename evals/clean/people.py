"""The customers of the scenes, in every tier."""

from __future__ import annotations

from evals.clean.ground import Customer

_VOS, _ADEYEMI = "Maren Vos", "Tom Adeyemi"

HOLLOWAY = Customer(
    "Holloway Pressings Ltd", "en", "GBP", "Europe/London", "key", "Priya Nair", "holloway-pressings.example", _VOS
)
FENWICK = Customer(
    "Fenwick Marine Ltd", "en", "GBP", "Europe/London", "small", "Alan Thorpe", "fenwick-marine.example", _ADEYEMI
)
PRAIRIE = Customer(
    "Prairie Conveyor Inc.",
    "en",
    "USD",
    "America/Chicago",
    "standard",
    "Denise Hatcher",
    "prairie-conveyor.example",
    _ADEYEMI,
)
BRENNECKE = Customer(
    "Brennecke Maschinenbau GmbH",
    "de",
    "EUR",
    "Europe/Berlin",
    "standard",
    "Ulrike Sander",
    "brennecke-mb.example",
    _VOS,
)
TEGELER = Customer(
    "Tegeler Antriebe GmbH & Co. KG",
    "de",
    "EUR",
    "Europe/Berlin",
    "key",
    "Jochen Wiebe",
    "tegeler-antriebe.example",
    _VOS,
)
ARDENAY = Customer(
    "Ateliers d'Ardenay SARL", "fr", "EUR", "Europe/Paris", "standard", "Hélène Marchand", "ardenay.example", _ADEYEMI
)
ALBERCA = Customer(
    "Suministros Alberca S.L.", "es", "EUR", "Europe/Madrid", "standard", "Lucía Ferrer", "alberca.example", _ADEYEMI
)
MAASDIJK = Customer(
    "Maasdijk Machines B.V.", "nl", "EUR", "Europe/Amsterdam", "key", "Joost Terpstra", "maasdijk.example", _VOS
)
WIERINGA = Customer(
    "Wieringa Techniek B.V.",
    "nl",
    "EUR",
    "Europe/Amsterdam",
    "small",
    "Anouk Bosman",
    "wieringa-techniek.example",
    _VOS,
)
ORSENIGO = Customer(
    "Officine Orsenigo S.r.l.", "it", "EUR", "Europe/Rome", "standard", "Chiara Bassani", "orsenigo.example", _ADEYEMI
)
CALDAS = Customer(
    "Metalúrgica Caldas Lda.", "pt", "EUR", "Europe/Lisbon", "small", "Rui Tavares", "caldas.example", _VOS
)
