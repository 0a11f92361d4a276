"""What is refused when a machine is created, with the place in the file.

A field that the interpreter does not know would be ignored if it were let through, and the laptop
would do what the account does not. So each kind of object lists the fields it may have.
"""

from local.asl.definition.validate import problems_of

__all__ = ["problems_of"]
