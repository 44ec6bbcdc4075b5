"""What is well and what is not: the doctor, the damage met at start, the log."""
