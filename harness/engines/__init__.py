"""Rollout engines, one file each."""
