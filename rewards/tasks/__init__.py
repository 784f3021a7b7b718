"""What workers run: importing these costs seconds, and only a nursery does."""
