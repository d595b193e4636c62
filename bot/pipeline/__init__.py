"""A job's life, in order: submit, admit, route, generate, finish, deliver."""
