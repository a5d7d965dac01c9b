"""Reads receivables from the systems that keep them, and notes in a CRM what happened. Decides nothing about a customer.

A connector turns one system's answers into plain records (`remote`); `taking` makes rows of the ledger of them. What does not add
up is named with its place, and then nothing of that pull is taken.
"""
