"""Entry for `python -m kiosk`."""

import sys

from kiosk.cli.program import main

sys.exit(main())
