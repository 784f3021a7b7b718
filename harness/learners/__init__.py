"""Learners and what they are made of."""
