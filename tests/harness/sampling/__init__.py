"""Tests of how a step's groups are drawn."""
