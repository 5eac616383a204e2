"""The verbs of the command, one module per group. Each adds its parsers with ``add_to``."""
