"""A model's published input schema: what it says the model can do, and how a request is written for it."""
