"""Attacks on verifiers before a model finds them, and a watch over rewards while one trains."""
