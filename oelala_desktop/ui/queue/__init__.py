"""The queue as the window shows it: one book of jobs, the lists made of it, and what can be done with a job."""
