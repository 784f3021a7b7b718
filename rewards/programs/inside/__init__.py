"""Texts that run in the sandbox beside a program: they know what it is given, or what it is asked."""
