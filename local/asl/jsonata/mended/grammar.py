"""The parser's errors by JSONata's codes, and the grammar of 2.0.6, which the library is beyond."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from jsonata.jexception import JException
from jsonata.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Iterator

LATER_OPERATORS: Final = {"??": "?", "?:": ":"}
"""Operators of JSONata 2.1, and the part that 2.0.6 takes for a unary operator."""


class _LaterOperator(Parser.Infix):  # type: ignore[misc] # the library has no types
    def __init__(self, parser: Parser, operator: str) -> None:
        super().__init__(parser, operator)
        self.lbp = self.bp

    def led(self, _left: Any) -> None:
        raise JException("S0211", self.position, LATER_OPERATORS[self.id])


@contextlib.contextmanager
def as_jsonata_has_it(parser: Parser, text: str) -> Iterator[None]:
    """Parse within this: what 2.0.6 refuses is refused, and by the code that it has.

    Raises:
        JException: S0103, an escape that strings have not; S0106, a comment without its end;
            S0204, an unknown operator; S0211, an operator of a later JSONata;
            S0401, S0402, a function's signature.
    """
    for operator in LATER_OPERATORS:
        parser.symbol_table[operator] = _LaterOperator(parser, operator)
    try:
        yield
    except KeyError as error:
        raise JException("S0204", -1, error.args[0]) from None
    except IndexError:
        raise JException("S0106" if "/*" in text else "S0203", -1) from None
    except RuntimeError as error:
        if not isinstance(error, JException):  # of a function's signature
            raise JException("S0402" if "Choice groups" in str(error) else "S0401", -1) from None
        if error.error == "S0301" and error.current is not None:
            raise JException("S0103", error.location, error.current) from None
        raise
