"""The virtual printer that the worker's tests use too."""

from tests.printers.conftest import virtual

__all__ = ["virtual"]
