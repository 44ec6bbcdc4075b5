"""All jobs as the window knows them: one book, fed from the bus, and the models that lists show."""
