"""SQL: tables and whole operations over them."""
