"""Runs a suite: which turns, with which model, one turn at a time, and the folder in which a run is kept."""
