"""Words by which an edit is understood: undertakings, politeness and firmness, forms of address, in the languages we write in.

Whole words, compared without case. They are signs and no proof: `review.edit_kinds` says what follows from them.
"""

from __future__ import annotations

import re


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(' '.join(words).split())})(?!\w)".replace("_", r"\s+"), re.IGNORECASE)


#: What binds us: grants, waivers, pauses, confirmations.
COMMITMENT = _pattern(
    """we_will we'll i_will i'll we_shall agree agreed accept accepted grant granted waive waived guarantee guaranteed promise confirm_that
    suspend suspended pause paused refund credit_note no_further_reminders will_not_charge extend extended""",
    """wir_werden werden_wir ich_werde stimmen_zu stimmen_wir akzeptieren gewähren verzichten erlassen garantieren sichern sagen_zu zusage
    zugesagt setzen_aus aussetzen pausieren gutschrift gutschreiben verlängern stunden keine_weiteren_mahnungen""",
    """nous_allons acceptons accordons renonçons garantissons suspendons nous_engageons confirmons_que avoir remise prolongeons remboursons""",
    """vamos_a aceptamos concedemos renunciamos garantizamos suspendemos nos_comprometemos abonaremos prorrogamos aplazamos""",
    """accettiamo concediamo rinunciamo garantiamo sospendiamo ci_impegniamo prorogheremo emetteremo nota_di_credito""",
    """we_zullen wij_zullen gaan_akkoord accepteren verlenen kwijtschelden garanderen schorten_op creditnota verlengen zeggen_toe""",
    """vamos aceitamos concedemos prescindimos garantimos suspendemos comprometemo-nos nota_de_crédito prorrogamos""",
)
#: How warm or firm a letter is.
TONE = _pattern(
    """please kindly unfortunately sorry apologies apologise regret thank thanks appreciate understand must immediately final urgent urgently
    demand require insist otherwise consequences legal_action without_further_delay strongly gladly happy""",
    """bitte leider entschuldigung entschuldigen bedauern dank danke danken verständnis umgehend sofort letztmalig dringend fordern müssen
    andernfalls konsequenzen rechtliche_schritte unverzüglich gern gerne freundlicherweise herzlichen""",
    """malheureusement désolés désolé excuses regrettons merci remercions comprenons immédiatement dernier urgence exigeons devez sinon
    sans_délai poursuites volontiers s'il_vous_plaît veuillez""",
    """por_favor lamentablemente disculpas sentimos gracias agradecemos comprendemos inmediatamente último urgente exigimos deben
    inmediato acciones_legales rogamos encantados""",
    """per_favore purtroppo scusi scuse spiace grazie ringraziamo comprendiamo immediatamente ultimo urgente esigiamo dovete vie_legali
    cortesemente gentilmente""",
    """alstublieft helaas excuses sorry bedankt dank begrijpen onmiddellijk laatste dringend eisen moet anders juridische_stappen graag""",
    """por_gentileza infelizmente desculpe desculpas lamentamos obrigado obrigada agradecemos compreendemos imediatamente último exigimos
    devem caso_contrário""",
)
#: How the customer is addressed: within a pair, one of them in place of the other is another form.
FAMILIAR = _pattern(
    "du dir dich dein deine deiner deinem euch euer eure tu te toi ton ta tes tú ti contigo je jij jouw jou você tuo tua"
)
FORMAL = _pattern("sie ihnen ihr ihre ihrem ihren ihrer vous votre vos usted ustedes lei vostro vostra u uw vossa")
GREETING = re.compile(
    r"^\s*(?:dear|hi|hello|good (?:morning|afternoon|day)|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen)|moin|bonjour|cher|chère|madame|monsieur|"
    r"estimad[oa]s?|hola|buenos días|buenas tardes|gentil[ei]|egregi[oa]|spett\w*|buongiorno|car[oa]|beste|geachte|goede\w+|prezad[oa]s?|bom dia|boa tarde|olá|exm[oa]s?\.?)\b.{0,80}$",
    re.IGNORECASE,
)
