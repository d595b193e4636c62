"""How the semantic judge's head is made: prompts written for it, and the script that trains on them."""
