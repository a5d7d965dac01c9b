"""Words of death, illness and disaster in a customer's own mail (R-STA-06), in `reading.folded` form."""

from __future__ import annotations

from agent.rules.words import Words

GRIEF: Words = {
    "en": r"passed away|died|death|deceased|bereave\w*|funeral|widow\w*|cancer|chemo\w*|hospitali[sz]ed|in hospital|terminally|stroke|heart attack|suicid\w*|flood(?:ed)?|burnt down",
    "de": r"verstorben\w*|gestorben|verstarb|tod|todesfall|beerdigung|trauer\w*|witwe\w*|krebs\w*|chemotherapie|krankenhaus|schlaganfall|herzinfarkt|suizid|hochwasser|abgebrannt",
    "fr": r"decede\w*|deces|mort|obseques|deuil|veuve?|cancer|chimiotherapie|hospitalise\w*|a l'hopital|avc|infarctus|suicid\w*|inondation\w*|incendie",
    "es": r"fallec\w+|murio|muerte|entierro|duelo|viud\w+|cancer|quimioterapia|hospitalizad\w+|en el hospital|infarto|ictus|suicid\w*|inundacion\w*|incendio",
    "nl": r"overled\w+|overlijden|gestorven|dood|begrafenis|uitvaart|rouw|weduwe\w*|kanker|chemo\w*|ziekenhuis|beroerte|hartaanval|zelfmoord|overstrom\w+|afgebrand",
    "it": r"decedut\w+|decesso|mort[oae]|morte|funeral[ei]|lutto|vedov\w+|cancro|tumore|chemioterapia|ricoverat\w+|in ospedale|infarto|ictus|suicid\w*|alluvion[ei]|incendio",
    "pt": r"falec\w+|morreu|morte|obito|funeral|luto|viuv\w+|cancro|quimioterapia|hospitalizad\w+|no hospital|enfarte|avc|suicid\w*|inundac\w+|incendio",
}
