"""Contracts of other standards, as far as they can be said in Tally's."""
