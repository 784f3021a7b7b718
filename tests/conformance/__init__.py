"""One suite for each port, walked over every entry of the port's table."""
