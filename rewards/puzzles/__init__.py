"""Puzzles of Reasoning Gym: what counts as the answer, and scores that nothing but an answer earns."""
