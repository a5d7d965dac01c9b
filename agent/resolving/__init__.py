"""From a customer's own words to typed slots: dates, amounts, numbers, names.

Pure functions on text. Nothing here calls a model, reads the ledger or raises on any text.
"""
