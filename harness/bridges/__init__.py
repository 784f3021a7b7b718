"""Our grader as the reward function of foreign trainers, one file each."""
