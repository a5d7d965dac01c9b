"""Insults, threats, shame and the telling of others (R-PRO-07); words of selling (R-PRO-12). In `reading.folded` form."""

from __future__ import annotations

from agent.rules.words import Words

_OTHERS_EN = r"(?:customers|clients|suppliers|employers?|family|wife|husband|partners|shareholders|investors|board|competitors|neighbou?rs|colleagues|landlord)"

RUDE: Words = {
    "en": (
        r"idiots?|idiotic|stupid\w*|liars?|(?:you are|you're|stop) lying|crooks?|thie(?:f|ves)|stealing|theft|deadbeats?|cheats?|cheating|dishonest\w*|shame(?:ful|less)\w*|"
        r"shame on|(?:be|are) ashamed|disgrac\w+|pathetic|incompeten\w+|ridiculous|lazy|morons?|bastards?|damn\w*|go to hell|shit\w*|fuck\w*|bloody|crap|scum\w*|"
        r"you are (?:an? )?(?:fraud|fraudsters?|scammers?|criminals?)|or else|you(?:'ll| will) regret|serious consequences|face the consequences|suffer the consequences|"
        r"we know where you|ruin (?:you|your)|name and shame|black ?list\w*|(?<!please )(?<!kindly )(?<!you )(?<!also )(?:inform|tell|notify|alert|contact) (?:all )?(?:of )?your "
        + _OTHERS_EN
        + r"|"
        r"report you to|your (?:good )?(?:reputation|name) (?:will|in)|damage your reputation|arrest\w*|jail|prison|police|criminal (?:charges|offence|complaint)"
    ),
    "de": (
        r"idiot\w*|dumm(?:e|er|en|es|heit\w*|kopf\w*)?|lugner\w*|lugen sie|gelogen|abzocker\w*|gauner\w*|schamen sie sich|schamlos\w*|unverschamt\w*|frechheit\w*|dreist\w*|"
        r"unfahig\w*|lacherlich\w*|scheiss\w*|verdammt\w*|arsch\w*|zechpreller\w*|sie sind (?:ein )?betruger\w*|schwarze liste|schwarzen liste|ruf (?:schad\w+|ruinier\w+|leiden)|"
        r"ihre[nr]? (?:kunden|lieferanten|familie|nachbarn|mitarbeiter\w*|arbeitgeber|geschaftspartner\w*|gesellschafter) (?:\w+ )?(?:informier\w+|benachrichtig\w+|unterricht\w+|mitteilen)|"
        r"(?:informieren|benachrichtigen|unterrichten) (?:wir )?ihre[nr]? (?:kunden|lieferanten|familie|nachbarn|mitarbeiter\w*|arbeitgeber|geschaftspartner\w*)|"
        r"bereuen|ernst\w* (?:konsequenzen|folgen)|konsequenzen (?:tragen|spuren)|polizei\w*|strafbar\w*|gefangnis\w*|an den pranger"
    ),
    "fr": (
        r"idiot\w*|imbecil\w*|stupid\w*|menteu(?:r|rs|se|ses)|vous mentez|voleu(?:r|rs|se)|honte|honteux|honteuse\w*|lamentable\w*|incompeten\w*|ridicule\w*|malhonnete\w*|"
        r"merde\w*|connard\w*|putain|salaud\w*|vous etes (?:un |des |une )?(?:escroc|fraudeur|criminel)\w*|vous (?:le )?regretterez|(?:graves|lourdes) consequences|"
        r"consequences (?:graves|serieuses)|liste noire|votre reputation|(?:informer\w*|prevenir\w*|avertir\w*|informons) (?:tous )?(?:vos|votre) "
        r"(?:clients|fournisseurs|employeur|famille|partenaires|associes|voisins)|(?<!numero de )(?<!votre )police(?! (?:d'assurance|n[o°]|de (?:transport|caracteres)))|prison|plainte penale"
    ),
    "es": (
        r"idiota\w*|estupid\w+|imbecil\w*|mentiros\w+|miente\w*|ladron\w*|sinverguenza\w*|verguenza|vergonzos\w+|incompeten\w+|ridicul\w+|moros[oa]s?|mierda|cabron\w*|"
        r"es usted un (?:estafador|delincuente)|son (?:unos )?(?:estafadores|delincuentes)|se arrepentira\w*|(?:graves|serias) consecuencias|consecuencias (?:graves|serias)|"
        r"lista negra|su reputacion|(?:informar\w*|avisar\w*|comunicar\w*) a sus? (?:clientes|proveedores|familia|empleador|socios|vecinos)|policia|carcel|denunciar\w*"
    ),
    "nl": (
        r"idioo?t\w*|domme|domheid|leugenaars?|u liegt|oplichters?|dief|dieven|schaam\w*|schande\w*|schandalig\w*|belachelijk\w*|onbekwaam\w*|waardeloos|waardeloze|wanbetaler\w*|"
        r"verdomme|klootzak\w*|shit|u zult (?:er )?spijt|spijt krijgen|ernstige gevolgen|zwarte lijst|uw reputatie|"
        r"uw (?:klanten|leveranciers|familie|werkgever|partners|buren) (?:\w+ )?(?:informeren|inlichten|waarschuwen|benaderen)|(?:informeren|waarschuwen|benaderen) (?:wij )?uw "
        r"(?:klanten|leveranciers|familie|werkgever|partners|buren)|politie|gevangenis"
    ),
    "it": (
        r"idiot\w+|stupid\w+|imbecill\w+|bugiard\w+|(?:lei )?mente sapendo|truffator\w+|ladr[oi]|vergogn\w+|incompetent\w*|ridicol\w+|disonest\w+|merda|cazz\w+|stronz\w+|bastard\w+|"
        r"(?:ve|se) ne pentir\w+|(?:gravi|serie) conseguenze|conseguenze (?:gravi|serie)|lista nera|(?:vostra|sua) reputazione|"
        r"(?:informer\w+|informare|avviser\w+|avvisare) (?:tutti )?(?:i|la|il) (?:vostr\w|su[oae]i?|suoi) (?:client\w|fornitor\w|famiglia|datore|partner|soci)|polizia|prigione|carcere|"
        r"denuncer\w+|denunciar\w+|cattiv[oi] pagator\w+"
    ),
    "pt": (
        r"idiota\w*|estupid\w+|imbecil\w*|mentiros\w+|mentir|burlao|burloes|vigarist\w+|caloteir\w+|ladrao|ladroes|vergonha|vergonhos\w+|incompeten\w+|ridicul\w+|desonest\w+|merda|"
        r"cabrao|arrepender-se\w*|arrepender\w+|(?:graves|serias) consequencias|consequencias (?:graves|serias)|lista negra|sua reputacao|"
        r"(?:informar\w*|avisar\w*|comunicar\w*) (?:a?os|a) (?:seus|sua) (?:clientes|fornecedores|familia|parceiros|socios)|policia|prisao|"
        r"apresentar queixa"
    ),
}

SELLING: Words = {
    "en": (
        r"special offers?|newsletters?|promotional|promo codes?|our (?:current )?promotions?|limited[- ]time|buy now|(?<!your )(?<!the )(?<!this )(?<!in )order now|our (?:\w+ )?new (?:products?|range|collection|catalogue|catalog)|"
        r"visit our (?:shop|store|website|showroom|stand|booth)|webinars?|subscribe|refer a friend|follow us|check out our|free trial|black friday|exclusive (?:offer|deal)s?|"
        r"(?:(?<!a )great|best|amazing) deals?|don't miss (?:our|this)"
    ),
    "de": (
        r"sonderangebot\w*|newsletter\w*|rabattaktion\w*|aktionspreis\w*|jetzt (?:bestellen|kaufen|sichern|zugreifen)|unser\w* neue[nrs]? (?:produkt\w*|kollektion|katalog\w*|sortiment)|"
        r"besuchen sie (?:unser\w*|uns auf)|webinar\w*|gutscheincode\w*|messestand|folgen sie uns|exklusiv\w* angebot\w*|nur solange der vorrat"
    ),
    "fr": (
        r"offres? (?:speciales?|promotionnelles?|exclusives?)|newsletter|nos promotions?|promotion exceptionnelle|(?:notre|nos) nouve(?:au|lle|aux|lles) (?:produits?|gammes?|collections?|catalogues?)|"
        r"visitez notre|abonnez-vous|webinaires?|commandez (?:maintenant|des maintenant)|suivez-nous|code promo|decouvrez (?:notre|nos)"
    ),
    "es": (
        r"ofertas? (?:especial(?:es)?|exclusivas?|promocional(?:es)?)|newsletter|boletin de noticias|nuestr[ao]s? promocion(?:es)?|promocion especial|"
        r"nuestr[oa]s? nuev[oa]s? (?:productos?|gama|coleccion|catalogo)|visite nuestr\w+|suscribase|webinar|siganos|compre ahora|descubra nuestr\w+|codigo promocional"
    ),
    "nl": (
        r"(?:speciale |exclusieve )aanbieding\w*|onze aanbiedingen|nieuwsbrief|actieprijs|onze nieuwe (?:product\w*|collectie|catalogus)|nieuw assortiment|bezoek onze|webinar|abonneer u|volg ons|"
        r"bestel nu|kortingscode|ontdek on(?:s|ze)"
    ),
    "it": (
        r"offert[ae] (?:special[ei]|promozional[ei]|esclusiv[ae])|newsletter|(?:nostr[ae]|nuov[ae]) promozion[ei]|nostr[aoie] nuov[aoie] (?:prodott\w+|gamma|collezione|catalogo)|"
        r"visit\w+ (?:il|la) nostr\w+|webinar|seguiteci|ci segua|acquisti (?:ora|subito)|scopra (?:il|la|i|le) nostr\w+|codice sconto"
    ),
    "pt": (
        r"ofertas? (?:especia(?:l|is)|exclusivas?|promociona(?:l|is))|newsletter|(?:a nossa|as nossas|nova) promoc(?:ao|oes)|noss[oa]s? nov[oa]s? (?:produtos?|gama|colecao|catalogo)|"
        r"visite (?:o nosso|a nossa)|subscreva|webinar|siga-nos|compre (?:ja|agora)|descubra (?:o nosso|a nossa|os nossos|as nossas)|codigo promocional"
    ),
}
