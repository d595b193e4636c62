"""Measurements behind `impasto bench`: ratios within one run, since machines differ and noise doesn't cancel."""
