"""Names that nobody bears on purpose: parts from which made-up ones are put together, and words that are no names.

Plain ASCII throughout, so that a made-up name can be written in whatever charset a mail has.
"""

from __future__ import annotations

from collections.abc import Iterator

from evals.capturing.folding import listed


def _row(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: First names of each language of the product.
GIVEN: dict[str, tuple[str, ...]] = {
    "en": _row("Alwyn Bettony Cressen Dorwin Elspet Fenella Garrick Hesper Isolda Jorwin Kendra Linnet Merrick Nesta"),
    "de": _row(
        "Adelhart Brunhild Carsta Detmar Edelgard Frowin Gesine Hartlieb Irmela Jorgen Kunibert Liesel Meinolf Notburga"
    ),
    "fr": _row(
        "Aurelin Bertille Clovise Dorine Evrard Fanchon Ghislin Hermance Ivonie Josselin Lucile Maelis Norbert Ondine"
    ),
    "es": _row(
        "Adelmo Benicia Casilda Domitila Eladio Fermina Gervasio Herminia Isauro Jacinta Leoncio Melania Nicanor Olaya"
    ),
    "nl": _row(
        "Aldert Bregje Corstiaan Doortje Evert Femke Gerlof Hilletje Iepe Jorrit Klazien Lubbert Machteld Nanno"
    ),
    "it": _row(
        "Adalgisa Bonfilio Clelia Dorotea Ermete Fosca Gisella Ildo Jolanda Lamberto Mafalda Nevio Orsola Perla"
    ),
    "pt": _row(
        "Adelino Belmira Custodia Deolinda Eurico Firmino Genoveva Hermano Idalina Jacinto Leonilde Marcolino Natercia"
    ),
}
_HEADS: dict[str, str] = {
    "en": "Ash Brack Col Dun Fen Hart Kel Lang Mar Nor Pem Rad Stan Thorn Wex Wil",
    "de": "Acker Birken Dorn Eber Falken Gras Hasel Kalt Linden Moor Reh Stein Tannen Wolfs",
    "fr": "Beau Chante Clair Font Grand Haute Mont Petit Roche Val Vieux Bel",
    "es": "Alba Carra Esca Fuen Gala Olme Pena Robla Sala Torre Villa Zarza",
    "nl": "Berk Dijk Elzen Groen Heide Hoog Kruis Linde Molen Oost Veen Water",
    "it": "Acqua Bella Casti Fonte Gava Malva Monte Pietra Rocca Selva Torre Valle",
    "pt": "Agua Alva Carva Fonte Lavra Monte Oliva Pedra Ribe Serra Vale Vila",
}
_TAILS: dict[str, str] = {
    "en": "bourne combe field ford ham ley low stead wick worth by ton",
    "de": "bach feld hofer mann berger auer meier brink kamp walder ried horst",
    "fr": "bois champ court fort lieu mare pierre rive val vigne tour aigue",
    "es": "dero gosa llana mera noz quera reda rrubia sala teja vega zuela",
    "nl": "beek daal huis kamp laar man meer ra schot stra veld wijk",
    "it": "bruna chiara dolce ferra grande lunga nera piana rossa santa secca viva",
    "pt": "belo branco fria galo longa mira negra nova redondo rica velha verde",
}

#: What stays as it is in the name of a firm: its legal form, what it trades in, small words.
LEGAL = listed(
    "ltd limited plc llp llc inc corp corporation co company gmbh ag kg kgaa ohg gbr ug se ev eg mbh bv nv vof cv bvba srl sprl "
    "sa sas sarl eurl sci snc spa sl slu slp sc lda ltda eireli scarl soc coop as ab oy aps a/s"
)
GENERIC = listed(
    """and und et y e en & the of de da do dos das del della di du des la le les el los las von vom van der den het zu zur zum for
    agency agencies agentur agence agencia agenzia ops operations port harbour hafen state lake river help pay procure shared center centre hub line ledger bills vendor vendors supplier suppliers business public accounts account accounting pole desk unit bureau referat abteilung accounts payable payables receivable receivables finance financial department dept team office service services
    group gruppe groupe grupo gruppo groep holding holdings international europe european deutschland france espana iberica italia
    nederland portugal uk trading trade supply supplies works work industries industry industrial systems system solutions technology
    technologies engineering construction building builders foods food logistics transport transports freight shipping marine steel
    metal metals metall metallbau stahl stahlbau bau bauunternehmen maschinenbau handel grosshandel spedition logistik werke werk
    brewery brauerei bakery backerei hotel hotels hospital clinic klinik school university city council stadt stadtwerke gemeinde
    farm farms estate estates tools machines machinery print printing media design consulting partners brothers bros sons son
    fils freres hermanos fratelli figli hijos construcciones construction suministros talleres transportes fundicion industrias
    comercial ayuntamiento hospital servicios distribuciones ferreteria bodegas costruzioni officine officina meccanica trasporti
    acquedotto comune azienda impresa edile ditta studio travaux atelier ateliers mairie ville societe entreprise transports
    bouw bouwbedrijf handelsonderneming groothandel techniek machinefabriek gemeente bedrijf camara municipal construcoes
    comercio industria transportes materiais oficina quarry mill mills timber paper plastics glass chemical chemicals energy power
    water cold stores store shop market markets travel hoists crane cranes rail rent rental hire care health pharma dental medical
    invoice invoices payment payments rechnung rechnungen zahlung buchhaltung kreditorenbuchhaltung debitorenbuchhaltung einkauf
    contabilidad administracion compras facturas facturacion comptabilite achats fournisseurs contabilita amministrazione acquisti
    fornitori crediteuren crediteurenadministratie administratie boekhouding inkoop contabilidade financeiro fornecedores
    accountspayable purchase purchasing procurement treasury credit control controller manager director head chief owner clerk
    assistant info noreply robot mailbox support helpdesk billing sales new old north south east west nord sud ost west norte sur
    first second one two king queen general royal global world euro national regional central""",
)
#: Names that are also words of a letter: replaced alone only where a name stands, as in a greeting or below a letter.
AMBIGUOUS = listed(
    """will mark bill may april june august grant rich rob sue art frank sterling pat rose hope joy grace faith drew jack chase price
    cash pound penny bond banks best good wise young long short small little bright early day weeks summer winter march friday
    monday sunday freitag sommer winter montag mai juni juli herr frau klein gross gut lang kurz neu alt ernst kaufmann rot weiss
    mars avril juin juillet bon grand petit blanc noir roi lundi abril mayo junio julio sol paz lunes bueno marzo aprile maggio
    giugno luglio buono bianco rossi maio junho julho bom lindo pago mei juli goed groot jong kort lang dank date order""",
)
TITLES = listed(
    "mr mrs ms miss mx dr prof sir herr frau herrn dipl ing mag mme m mlle monsieur madame maitre sr sra srta senor senora don dona "
    "d sig signor signora dott dottssa dottoressa ing avv rag geom dhr mevr mw mevrouw meneer heer drs ir snr snra exmo exma eng"
)


#: So many names of each kind are plain ones; what comes after is put together, and taken when they have run out.
FEW_GIVEN, FEW_FAMILY = 14, 144


def family_names(language: str) -> Iterator[str]:
    """Give family names of a language, which are also used for what a firm is called; more of them than any mailbox needs."""
    heads, tails = _HEADS.get(language, _HEADS["en"]).split(), _TAILS.get(language, _TAILS["en"]).split()
    for tail in tails:
        for head in heads:
            yield head + tail
    for head in heads:
        for middle in heads:
            for tail in tails:
                yield head + middle.lower() + tail


def given_names(language: str) -> Iterator[str]:
    """Give first names of a language, then those of all others, then put-together ones."""
    own = GIVEN.get(language, GIVEN["en"])
    yield from own
    for names in GIVEN.values():
        yield from (name for name in names if name not in own)
    for one in own:
        for other in own:
            yield one + other.lower()
