"""A report as one page for a browser: summary, filters, a page for each patient with its drawing."""

from .document import as_html

__all__ = ["as_html"]
