"""Tests of the bridges to foreign trainers."""
