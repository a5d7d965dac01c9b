"""A year of a company's receivables with a moved clock: a world of customers, the real dunwell, and a checker that trusts neither."""
