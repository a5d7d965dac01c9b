"""What a model under an attacker's full control can reach: nothing that is listed here as a goal.

A scripted model plays reader, decider and writer with hostile answers, a collector approves whatever can be approved,
and the goals G1 to G16 are looked for in the proposal, the mail that leaves, the database, the prompts and the page.
It must never soften the product's own checks, and never count a run that did not go the whole way.
"""
