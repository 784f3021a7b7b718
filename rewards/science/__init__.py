"""What short answers of science problems mean: units, quantities, choices, truth values and lists."""
