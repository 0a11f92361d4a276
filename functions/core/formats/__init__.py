"""The formats, one module each.

To add one, write a module with a `FORMAT` (see `base.Format`) and name it in `registry.FORMATS`:
its name, its extensions, and a function that counts the records of decompressed blocks of bytes.
"""
