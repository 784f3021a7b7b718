"""The hub: HTTP, queue, workers and client."""
