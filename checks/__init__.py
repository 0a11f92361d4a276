"""Linters that are ours to run: `make check` runs them all."""
