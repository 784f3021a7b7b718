"""Programs in responses: how they are found, what they are put through, and how what they did is compared."""
