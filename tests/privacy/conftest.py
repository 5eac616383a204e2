"""The fixtures of the command's own tests."""

from cli.conftest import case, run

__all__ = ["case", "run"]
