"""Discord: what people do there becomes invocations, cards become messages."""
