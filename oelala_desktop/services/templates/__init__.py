"""Templates: the list that a server offers, kept for when it is away, with their workflows and pictures (`catalogue`),
what each of them takes and lacks (`facts`), and those found by words (`search`)."""
