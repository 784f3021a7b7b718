"""How a step's groups are drawn: which prompts, how many, and graded while others are still drawn."""
