"""A function of JSONata in Python, whose signature checks its arguments wherever it is called.

The library checks them only where an expression calls the function by name: `$map(items, $abs)`
reached the Python function with whatever was there. It also took null for nothing, and let a
variable that holds a function rename it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.signature import Signature
from jsonata.utils import Utils

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXACT: Final = 2**53
"""Below it, a float without a fraction is a whole number."""
MISSING, NULL, FUNCTION = "m", "l", "f"
SYMBOLS: Final = {
    str: "s",
    int: "n",
    float: "n",
    bool: "b",
    list: "a",
    Utils.JList: "a",
    Utils.RangeList: "a",
    dict: "o",
    type(None): MISSING,
    Utils.NullValue: NULL,
}
"""A type's letter in signatures (JSONata reference, "Function signature syntax")."""


def symbol_of(value: Any) -> str:
    """The letter of a value's type in signatures; null is `l`."""
    found = SYMBOLS.get(type(value))
    if found:
        return found
    if isinstance(value, Jsonata.JFunctionCallable) or Functions.is_lambda(value):
        return FUNCTION
    return Signature.get_symbol(None, value)  # type: ignore[no-any-return] # untyped library


class _Checked(list[Any]):
    """Arguments that a signature let pass."""


class NativeSignature(Signature):  # type: ignore[misc] # the library has no types
    """A signature, which knows null, and its function's own name and number of parameters."""

    def __init__(self, signature: str, name: str, parameters: int) -> None:
        super().__init__(signature, name)
        self._parameters = parameters

    def set_function_name(self, function_name: str) -> None:
        """Stay: a variable that holds the function gives it no other name."""

    def get_symbol(self, value: Any) -> str:
        """As `symbol_of`."""
        return symbol_of(value)

    def get_min_number_of_args(self) -> int:
        """How many arguments the function takes: what `$map` and its kind go by."""
        return self._parameters

    def throw_validation_error(self, _bad_args: Any, bad_sig: Any, function_name: Any) -> Any:
        """Tell the first argument that does not fit.

        Raises:
            JException: T0410.
        """
        fitting = 0
        for param in self._params:
            expected, found = param.regex, bad_sig[fitting : fitting + 1]
            optional = expected.endswith("?")
            if found and found in expected.rstrip("?+").strip("[]"):
                fitting += 1
            elif not optional:
                break
        raise JException("T0410", -1, fitting + 1, function_name)

    def validate(self, args: Sequence[Any], context: Any) -> list[Any]:
        """The arguments as the function takes them, the context in place of one that lacks.

        Raises:
            JException: T0410, T0411 or T0412.
        """
        try:
            return _Checked(super().validate(args, context))
        except JException as error:
            if error.error != "T0411":
                raise
            raise JException("T0411", -1, error.expected, self.function_name) from None


class Native(Jsonata.JFunction):  # type: ignore[misc] # the library has no types
    """A function by its name, its signature, and how many arguments `$map` may give it."""

    def __init__(
        self, name: str, signature: str, implementation: Callable[..., Any], parameters: int
    ) -> None:
        super().__init__(None, None)
        self.function_name = name
        self.signature = NativeSignature(signature, name, parameters)
        self._implementation = implementation

    def call(self, _input: Any, args: Any) -> Any:
        """What the implementation gives; arguments that no one has checked are checked."""
        checked = args if type(args) is _Checked else self.validate(args, Utils.NULL_VALUE)
        return whole(self._implementation(*checked))

    def get_number_of_args(self) -> int:
        """How many arguments a partial application may leave open."""
        return self.signature.get_min_number_of_args()


def whole(value: Any) -> Any:
    """The value; a float that is a whole number as an integer."""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value


def as_float(value: float) -> float:
    """A number as JavaScript has it: infinite if it is too large."""
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


class Partial(Jsonata.JLambda):  # type: ignore[misc] # the library has no types
    """A function with some of its arguments given: `$substring(?, 0, 3)`."""

    def __init__(self, function: Any, given: Sequence[Any]) -> None:
        super().__init__(self._applied)
        arity = Functions.get_function_arity(function)
        self._of = function
        self._given = [*given[:arity], *[None] * (arity - len(given))]
        self.arity = sum(map(_is_open, self._given))

    def _applied(self, *args: Any) -> Any:
        left = iter(args)
        return self._of.call(
            None, [next(left, None) if _is_open(each) else each for each in self._given]
        )


def _is_open(argument: Any) -> bool:
    return (
        isinstance(argument, Parser.Symbol)
        and argument.type == "operator"
        and argument.value == "?"
    )
