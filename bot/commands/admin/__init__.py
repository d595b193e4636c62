"""What admins set with words: one file for each group of them."""
