"""Figures of a run: zero-tolerance checks, rates with their bounds, and what two runs differ in. Pure functions over values."""
