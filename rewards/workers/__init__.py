"""Killable processes for code that may hang, crash or eat memory on what a model wrote."""
