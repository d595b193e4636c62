"""Where pictures lie, and signed links to them."""
