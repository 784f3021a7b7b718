"""Tests, laid out as the packages are; `conformance` holds one suite for each port."""
