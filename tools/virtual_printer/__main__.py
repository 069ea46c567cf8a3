"""Entry for `python -m tools.virtual_printer`."""

from tools.virtual_printer.printer import main

main()
