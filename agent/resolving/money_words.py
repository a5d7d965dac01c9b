"""The words and signs of money in seven languages. Data only, as patterns on folded text."""

#: Pattern -> ISO 4217 code, or the sign where several currencies share it. Longer signs first.
CURRENCIES: tuple[tuple[str, str], ...] = (
    (r"us\$|us dollars?|usd", "USD"),
    (r"c\$|cad|ca\$", "CAD"),
    (r"a\$|au\$|aud", "AUD"),
    (r"nz\$|nzd", "NZD"),
    (r"s\$|sgd", "SGD"),
    (r"hk\$|hkd", "HKD"),
    (r"r\$|brl|reais|real(?! )|contos?|pila", "BRL"),
    (r"\$|dollars?|bucks|balles|piastres", "$"),
    (r"€|eur|euros?", "EUR"),
    (r"gbp|sterling", "GBP"),
    (r"£|pounds?|quid", "£"),
    (r"chf|sfr\.?|fr\.|francs?|franken", "CHF"),
    (r"sek", "SEK"),
    (r"nok", "NOK"),
    (r"dkk", "DKK"),
    (r"kr\.?|kronor|kroner", "kr"),
    (r"pln|zł|zl|zloty", "PLN"),
    (r"czk|kč|kc", "CZK"),
    (r"huf|forint", "HUF"),
    (r"ron|lei", "RON"),
    (r"inr|rs\.?|₹|rupees", "INR"),
    (r"jpy|¥|yen", "JPY"),
    (r"cny|rmb", "CNY"),
    (r"aed|dirhams?", "AED"),
    (r"omr", "OMR"),
    (r"kwd", "KWD"),
    (r"bhd", "BHD"),
    (r"tnd", "TND"),
    (r"sar", "SAR"),
    (r"zar", "ZAR"),
    (r"try|₺", "TRY"),
    (r"mxn", "MXN"),
    (r"clp", "CLP"),
    (r"cop", "COP"),
    (r"ars", "ARS"),
    (r"ghs|cedis?", "GHS"),
    (r"ngn|naira|₦", "NGN"),
    (r"kes", "KES"),
)

#: Pattern of a word that multiplies -> by how much.
MULTIPLIERS: dict[str, int] = {
    r"k": 1000,
    r"grand": 1000,
    r"mil(?! ?(?:lion|hoes|hao|lones|ion))": 1000,
    r"tausend|tsd\.?": 1000,
    r"mila": 1000,
    r"thousand": 1000,
    r"duizend": 1000,
    r"lakhs?": 100_000,
    r"m(?:illion|io\.?|illones|ilhoes|ln\.?|iljoen|illionen)": 1_000_000,
}

#: Number words that may stand before a currency word ("mille euros", "two thousand pounds").
NUMBER_WORDS: dict[str, int] = {
    # English
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1000,
    # German
    "hundert": 100,
    "tausend": 1000,
    "zweitausend": 2000,
    "dreitausend": 3000,
    "funftausend": 5000,
    "funfhundert": 500,
    "zweihundert": 200,
    "dreihundert": 300,
    "zwanzig": 20,
    "dreißig": 30,
    "funfzig": 50,
    # French
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "cinq": 5,
    "sept": 7,
    "huit": 8,
    "neuf": 9,
    "dix": 10,
    "vingt": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "nonante": 90,
    "cent": 100,
    "cents": 100,
    "mille": 1000,
    # Spanish
    "dos": 2,
    "tres": 3,
    "cuatro": 4,
    "cinco": 5,
    "seis": 6,
    "siete": 7,
    "ocho": 8,
    "nueve": 9,
    "diez": 10,
    "veinte": 20,
    "treinta": 30,
    "cincuenta": 50,
    "cien": 100,
    "ciento": 100,
    "doscientos": 200,
    "trescientos": 300,
    "quinientos": 500,
    "ochocientos": 800,
    "mil": 1000,
    # Italian
    "cento": 100,
    "duecento": 200,
    "trecento": 300,
    "quattrocento": 400,
    "cinquecento": 500,
    "seicento": 600,
    "settecento": 700,
    "ottocento": 800,
    "novecento": 900,
    "duemila": 2000,
    "tremila": 3000,
    "cinquemila": 5000,
    # Dutch
    "honderd": 100,
    "tweehonderd": 200,
    "driehonderd": 300,
    "vijfhonderd": 500,
    "zevenhonderd": 700,
    "duizend": 1000,
    "tweeduizend": 2000,
    "drieduizend": 3000,
    "vierduizend": 4000,
    "vijfduizend": 5000,
    # Portuguese
    "dois": 2,
    "duas": 2,
    "quatro": 4,
    "oito": 8,
    "dez": 10,
    "vinte": 20,
    "trinta": 30,
    "cinquenta": 50,
    "cem": 100,
    "duzentos": 200,
    "trezentos": 300,
    "quinhentos": 500,
    "oitocentos": 800,
}

#: What stands before a number that is a name and not money.
NOT_MONEY = (
    r"\b(?:inv(?:oice)?s?|no|nr|num(?:ber|ero)?|nummer|n[°ºo]|po|p\.o|order|ref|reference|bill|bills|check|cheque|cheques|rechnung(?:en)?|re"
    r"|rg|bestellung|bestellnummer|auftrag|avis|beleg|factures?|facture n[°º]|commande|bon|cheques?|facturas?|fact|pedido|oc|factuur|facturen"
    r"|bestelling|order(?:nummer)?|fatture?|fattura n|ordine|oda|faturas?|nf|ft|fe|encomenda|item|items|line|position|pos|tel|phone|fax"
    r"|mobile|room|section|clause|art(?:icle)?|vat|iban|account|konto|kto|batch|remittance|trace|voucher|ticket|vendor|kundennummer|poste|ext"
    r"|page|seite|week|kw|semaine|semana|year|item|since|in|anno|ano|annee|jahr|jaar|rev|version|form|formulario|mandato|mandat|talao|titulo)"
)

#: Words of paying before a bare number ("we pay 500", "three of 6,000").
CONTEXT_BEFORE = (
    r"\b(?:pay|paying|paid|pays|offer|offering|offered|send|sent|sending|transfer|transferred|owe|owes|owing|short|deduct\w*|withh\w+|netted"
    r"|credit|settle\w* (?:for|at)|at|of|amount(?:ing)?(?: to| of| is)?|total(?:ling| of| is)?|balance(?: of| is)?|rate of|managed|manage|find"
    r"|instal\w+ of|just|another|do|knocked off|kept|zahlen?|zahle|uberweisen?|biete\w*|zu(?: je)?|rate[n]? (?:a|zu|von)|je|jeweils"
    r"|payer|verser?|verse|payons|payerons|versons|regler|paie|de|pagar(?:e|emos)?|pago|abonar|abono|ingreso|transferir|betaal|betalen|betaald|maak"
    r"|pagare|paghiamo|pago|verso|pagamos|pagarei|prestacoes de|parcelas de|cuotas de|rate da|termijnen van|mensualites de)"
)

#: Words of instalments after a bare number ("150 a month", "500 par mois").
CONTEXT_AFTER = (
    r"(?:a|per|each|every|/) ?(?:month|week|fortnight|quarter|instal\w+|mo)|p/?m|(?:monthly|weekly)(?! (?:instal|pay))|(?:im|pro|jeden|je) (?:monat|woche|rate)|monatlich"
    r"|wochentlich|par (?:mois|semaine|trimestre)|mensuels?|al mes|por mes|mensuales|cada (?:mes|semana)|al mese|mensili|alla settimana|ao mes"
    r"|mensais|per maand|per week|(?:in|zum|als) (?:advance|full|einmal\w+|full and final)|now\b|down\b|flat\b|straight away|upfront|up front"
)

#: What makes the number before it a count of things or of time.
THINGS = (
    r"sheets?|stems?|units?|pieces?|pcs|items?|boxes|pallets?|hours?|hrs?|days?|weeks?|months?|years?|minutes?|tonnes?|kg|litres?|metres?|people"
    r"|staff|invoices?|copies|sacks?|bags?|rolls?|stuck|stunden?|tagen?|tage|wochen?|monaten?|monate|jahren?|minuten|kisten|paletten|rechnungen"
    r"|pieces|unites|jours?|semaines?|mois|heures?|ans|palettes|factures|unidades|piezas|cajas|dias?|semanas|meses|horas|minutos|facturas|stuks"
    r"|uren|dagen|weken|maanden|dozen|facturen|pezzi|giorni|settimane|mesi|ore|scatole|fatture|pecas|caixas|horas|faturas|anos?|anni|jaar"
)
