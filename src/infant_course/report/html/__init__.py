"""A report as one page for a browser: summary, filters, a page for each patient with its drawing. No network.

The page is text that was escaped, styles, a script and data. Its policy allows that one script and that one style
sheet, by their digests, and nothing else: no address is ever asked, and no text of an input can become markup.
"""

from .document import as_html

__all__ = ["as_html"]
