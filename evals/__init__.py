"""Evaluations: labelled replies, recorded conversations, scorers. Never part of the wheel."""
