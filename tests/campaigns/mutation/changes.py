"""Make the change in this process: in the function as it is imported, or before it is imported."""

import inspect
import sys
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType

from mutants import ROOT

OURS = {"functions", "local", "tests", "worlds", "law", "hostile_binary"}


def replace(mutant):
    """Give the imported function the code that it has in the changed file."""
    changed = compile(mutant.text, str(ROOT / mutant.path), "exec", dont_inherit=True)
    above = (each for each in functions(changed) if each.co_firstlineno <= mutant.body.start)
    code = max(above, key=lambda each: each.co_firstlineno)
    owner = import_module(mutant.module)
    *outer, name = code.co_qualname.split(".")
    for each in outer:
        owner = getattr(owner, each)
    function = vars(owner)[name]
    getattr(function, "__func__", function).__code__ = code


def functions(code):
    """The code of the functions of a file, and of the methods of its classes."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if not each.co_flags & inspect.CO_OPTIMIZED:
                yield from functions(each)
            elif each.co_name.isidentifier() and each.co_name != "__annotate__":
                yield each


def import_changed(mutant):
    """Have our code imported again, that file as it is changed."""
    for name in [each for each in sys.modules if is_ours(each)]:
        del sys.modules[name]
    sys.meta_path.insert(0, Changed(mutant))


def is_ours(module):
    """Whether it comes from this repository, and depends on what is changed."""
    return module.split(".")[0] in OURS or module.startswith("test_")


class Changed(MetaPathFinder, SourceFileLoader):
    """Imports one file as the mutant has it."""

    def __init__(self, mutant):
        self.text = mutant.text
        super().__init__(mutant.module, str(ROOT / mutant.path))

    def find_spec(self, fullname, path, target=None):
        wanted = fullname == self.name
        return spec_from_file_location(fullname, self.path, loader=self) if wanted else None

    def get_code(self, fullname):
        return compile(self.text, self.path, "exec", dont_inherit=True)
