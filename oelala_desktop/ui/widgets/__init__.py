"""Small controls, one idea a file. They know no service: values come in by setters, wishes go by signals."""
