"""``py -m infant_course``: the command, where Python's scripts are not on the path."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
