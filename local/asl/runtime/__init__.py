"""A run of a machine: branches, visits of states, and the history."""
