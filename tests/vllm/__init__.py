"""Tests of the vLLM engine; they run in the environment that `scripts/make-vllm-venv` makes."""
