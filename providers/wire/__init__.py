"""HTTP as every hosted adapter needs it: one paid exchange with a typed end, pauses, rate limits, picture bytes."""
