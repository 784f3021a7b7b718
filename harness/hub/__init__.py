"""The hub: HTTP, Celery and the page, where grader and store meet."""
