"""The playground and what else is served over HTTP."""
