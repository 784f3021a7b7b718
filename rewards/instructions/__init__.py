"""Instructions that a program can check, as functions of the response and the instruction's arguments."""
