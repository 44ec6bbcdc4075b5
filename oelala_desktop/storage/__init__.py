"""What is kept on disk: the jobs and media databases, pictures given to jobs, preferences, and where all of it lies."""
