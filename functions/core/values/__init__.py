"""Holding the values of a file to the field rules of its contract, by DuckDB.

Nothing here is imported for a file whose contract has no field rules: DuckDB takes 0.1 s and 69 MB.
"""
