"""Settings: the one table of them (`known`), and the file that keeps what was set (`store`)."""
