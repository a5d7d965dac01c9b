"""Shows what a run gave: in the terminal, as one page, as Markdown, as JUnit, and as the table of the README.

It computes no figure (that is `evals.figures`) and runs nothing; every report says in which mode its figures were made.
"""
