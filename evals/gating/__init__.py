"""The gate: says whether a change of the agent makes it worse than the baseline that a team committed."""
