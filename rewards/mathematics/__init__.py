"""A maths engine of our own: reads answers by a bounded grammar and compares them exactly, by kind."""
