"""Prompts for the model, reply templates for the customer, and the slots that both leave to code."""
