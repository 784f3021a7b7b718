"""Train with verified rewards, and serve them."""
