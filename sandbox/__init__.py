"""Run untrusted programs and say what happened."""
