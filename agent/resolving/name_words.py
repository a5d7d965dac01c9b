"""Words around the names of people in seven languages. Data only, as patterns on the text as written."""

#: Mere courtesy, dropped before a full name.
HONORIFICS = (
    "Frau", "Herrn", "RAin", "RA", "Rechtsanw[aä]lt(?:in)?", "Herr", r"Mr\.?", r"Mrs\.?", r"Ms\.?", "Miss", "Mme", "Madame", r"M\.", "Monsieur", "Mlle", r"Sr\.?", r"Sra\.?",
    "Señor", "Señora", "señor", "señora", "[Dd]on", "[Dd]oña", r"[Dd]hr\.?", "de heer", "[Mm]evrouw", r"[Mm]evr\.?", r"[Ss]ig\.ra",
    r"[Ss]ig\.", "[Ss]ignora?", "Senhora?", "Dona", "[Ss]eu",
)  # fmt: skip

#: Titles that belong to the name.
TITLES = (
    r"Dr\.?", r"Dra\.?", r"Prof\.?", r"MMag\.", r"Mag\.", "Notar(?:in)?", r"[Aa]vv\.", r"[Dd]ott\.ssa", r"[Dd]ott\.",
    r"[Ii]ng\.", r"Lic\.", r"C\.P\.", "Me", "Maître", r"mec\.", r"[Mm]r\.", r"lic\.",
)  # fmt: skip

PARTICLES = (
    "van der",
    "van den",
    "van de",
    "van",
    "von der",
    "von",
    "zu",
    "de la",
    "de los",
    "de",
    "del",
    "della",
    "di",
    "da",
    "dos",
    "du",
    "le",
    "ter",
    "ten",
    "bin",
    "al",
    "el",
    "y",
    "e",
)

#: What points at a name right after it. Cased letters: a cue may open a sentence.
CUES_BEFORE = (
    r"[Ww]rite to|[Cc]ontact|[Rr]each out to|[Tt]ry|[Aa]sk(?: for)?|[Ss]peak (?:to|with)|[Ee]-?mail|[Cc]olleagues?|[Ss]uccessor(?: is| is called|,)?"
    r"|[Cc]over(?: is|ing is)|[Ff]orward(?:ed|ing)? (?:it|this|them|your \w+)? ?to|[Pp]ass(?:ing|ed) (?:it|this|you|them)? ?(?:on )?to|[Ss]end (?:it|this|them|all|everything|invoices|bills)"
    r"(?: \w+)? to|[Uu]se|[Aa]ddress(?: \w+)? to|[Ll]iquidator(?: is|,)?|[Aa]dministrator(?: is|,)?|[Tt]rustee(?: is|,)?|[Rr]eceiver(?: is|,)?|[Aa]ssignee(?: is|,)?"
    r"|handled by|called|name is|named|taken over by|looked after by|[Bb]ills (?:now )?go to|[Ii]nvoices (?:now )?go to|(?:matter|this) with|you(?:'ll)? want|side is|ashore:|[Ff]inance is"
    r"|(?:picked up|handled|dealt with|looked after|managed|monitored) by|[Ss]peaking to|[Yy]ou(?:'ll)? want|atendidos por|[Aa]dressez \w+ \w+ à|administradora?(?: judicial)? que o tribunal indicou,? [oa]|liquidadora?(?: a cargo)?,?|AP is|[Mm]y (?:brother|wife|husband|boss|son|daughter|cousin)|covers? for me is|[Pp]lease (?:try|use|write)"
    r"|[Ww]enden Sie sich (?:bitte )?(?:direkt )?an|[Bb]itte (?:künftig |direkt )?an|[Ss]prechen Sie mit|[Aa]nsprechpartner(?:in)?(?: ist)?|[Kk]olleg(?:e|in|en)(?: ist)?|[Vv]ertretung(?:,| ist)?"
    r"|[Nn]achfolger(?:in)?(?: ist| heißt)?|[Zz]uständig(?: ist)?(?: jetzt)?|[Ii]nsolvenzverwalter(?:in)?(?: ist)?|[Ss]achwalter(?:in)?(?: ist)?|Kreditorenverantwortlichen|[Mm]asseverwalter(?:in)?(?: ist)?|übernimmt|vertritt mich"
    r"|[Vv]oyez avec|[Cc]ontact(?:ez|er)|[ÉEée]cri(?:vez|re) à|[Ss]'adresser à|[Aa]dressez-vous à|[Dd]emandez|[Cc]ollègue|[Rr]emplac(?:ée?|ant|ante)(?: par| est)?|[Aa]dministrateur(?: judiciaire)?(?: c'est| est)?|[Ll]iquidateur(?: est)?"
    r"|[Cc]ommissaire au sursis|mon avocat|[Ii]nterlocuteur est|[Ee]scrib(?:an?|e|irle|id) a|[Cc]ontact(?:e|ar|en) con|[Hh]abl(?:e|en|ar) con|[Cc]ompañer[oa]|lo (?:mueve|lleva) |(?:los )?maneja|lo retomó"
    r"|(?:la|el) (?:nueva?|actual)? ?responsable es|[Aa]dministrador(?:a)? concursal(?: es)?|quien se queda con esto es|gestiona|[Nn]eem contact op met|[Mm]ailen? (?:naar|met)|[Ss]tuur (?:alles |het )?(?:voortaan )?naar|gaan bij ons naar"
    r"|[Cc]urator(?: is)?|[Bb]ewindvoerder(?: is)?|[Oo]pvolger(?: is)?|overgedragen aan|[Ss]criva a|[Ss]crivete a|[Cc]ontatt(?:i|are|ate)|[Cc]hieda (?:di|a)|[Cc]hiedete (?:di|a|dell')|[Cc]ollega|[Ll]iquidatore(?: è)?|[Cc]uratore(?: è)?"
    r"|[Pp]er urgenze:?|[Rr]ivolg(?:ersi|etevi|a) a|[Ff]al(?:e|ar|em) com(?: [oa])?|[Cc]ontact(?:e|ar|em)(?: [oa])?|[Cc]olega|é com (?:[oa] )?|ficou com (?:os|as) \w+ foi (?:[oa] )?|[Ss]ubstitut[oa](?: é)?(?: [oa])?|[Mm]ande(?:m)? (?:tudo )?(?:para|pra) (?:[oa] )?|[Aa]dministrador judicial(?: é)?(?: [oa])?"
)

#: What shows that the name right before it is the person to write to.
CUES_AFTER = (
    r"(?:runs|handles|does) it\b|holds the purse|you want now|is the liquidator|als (?:vorläufige[rn]? )?(?:Insolvenz|Sach)?[Vv]erwalter(?:in)? bestellt|is (?:the|our|your|my|now) (?:new |joint )?(?:liquidator|administrator|receiver|trustee|contact|successor|person|AP|accountant|cover)|(?:has|have) taken (?:it |this |that |everything )?over"
    r"|has taken over|(?:was|has been|is) appointed|takes over|took over|covers for me|is covering|handles (?:this|that|it|all|our|AP|payables|invoices)|deals with (?:this|that|it|all|our|invoices)|has got his patch|s got (?:his|her) patch"
    r"|looks after|will help you|takes the purse|übernimmt|ist (?:jetzt |nun |künftig )?(?:zuständig|Ansprechpartner(?:in)?|meine Vertretung)|vertritt mich|prend le relais|me remplace|s'occupe (?:de|des)"
    r"|se ocupa|lleva (?:ahora|esto|los pagos)|neemt (?:het|dit) over|vervangt mij|heeft (?:het|alles) overgenomen|ha preso il mio posto|si occupa|trata (?:disso|dos)|substitui-me|assumiu"
)

#: Capitalised words that are no name, in lower case.
NO_NAMES = """
i we you he she they it the a an this that these those our your my his her its please thanks thank hello hi dear regards kind best for from
of on in at to and or but if as is are not no yes all any both one two re fw i'm we're it's invoice invoices inv po bacs chaps ach accounts account payable
payables finance accounting purchasing procurement ap ar department team office head group ltd limited gmbh inc llc also payment
payments monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
november december coupa ariba tungsten basware peppol sap oracle pdf vat iban bank supplier suppliers vendor customer bills bill money mail email
e-mail unit site try head messages
sie ich wir er es der die das den dem ein eine bitte danke für fur von und oder aber rechnung rechnungen buchhaltung rechnungswesen kreditoren
abteilung zentrale herren damen ihre ihr ihnen unsere mein meine montag dienstag mittwoch donnerstag freitag samstag sonntag anfragen postfach
insolvenzverwalter insolvenzverwalterin kreditorenverantwortlichen vertretung kollegin kollege ansprechpartner ansprechpartnerin verwaltung
urlaub rückfragen fragen fällen werk januar februar märz mai juni juli oktober dezember
je nous vous il elle le la les un une merci bonjour pour facture factures comptabilité compta service madame monsieur moi ici votre vos
yo usted ustedes el los las una gracias hola para factura facturas contabilidad tesorería proveedores administración pagos nosotros esto eso
ik wij u de het een dank beste voor factuur facturen administratie crediteuren boekhouding onze uw deze
io noi lei voi lo gli uno grazie buongiorno per fattura fatture contabilità amministrazione ufficio vs ns
eu nós você vocês o os as um uma obrigado obrigada olá fatura faturas financeiro contabilidade contas tesouraria esse este isso essa
when while where what who whom how why let could would can will shall should must do did does so then than there here now new old next last
everything anything anyone someone somebody nobody whatever send write ask use contact maybe perhaps sorry only just since until before after
nothing copy copies statement number order orders
"""
