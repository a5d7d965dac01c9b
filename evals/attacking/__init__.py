"""Attacks on any model, in the manner of AgentDojo: utility, utility under attack, and attack success, always together.

Turns of the dev split are played as they are and with an injected text in seven carriers. The texts are the product's own
injection corpus; whether a goal was achieved is judged by `evals.figures.zero_goals`.
"""
