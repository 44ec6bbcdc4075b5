"""Templates: the list that a server offers, kept for when it is away, and what each of them takes (`catalogue`)."""
