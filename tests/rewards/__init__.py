"""Tests of the rewards floor."""
