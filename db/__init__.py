"""Keeps problems, rollouts, verdicts and reports, behind plain verbs."""
