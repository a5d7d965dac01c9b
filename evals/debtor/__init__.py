"""A simulated customer: a model, or a script, plays the debtor in a mail conversation of several rounds against the agent.

Everything between the two is the product: the daemon reads the mail, the agent proposes, the desk approves, the outbox sends.
Money comes by the persona's sheet and by code; no word of the customer's model moves a cent.
"""
