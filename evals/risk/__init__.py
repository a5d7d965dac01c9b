"""Measures risk and the forecast of cash: on files of settled invoices, and on a made-up company whose true chances are known.

`python -m evals.risk FILE...` and `python -m evals.risk --company`; nothing here is part of the product.
"""
