"""What the model may propose, one tool a file."""
