"""What is asked of a page by its looks: contrast, names of controls, width."""

from typing import Any

FAINT = """() => {
  const channel = (c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || element.closest("svg, script, template, option") ) continue;
    if (!element.checkVisibility() || element.closest("[aria-disabled=true]")) continue;
    const [one, other] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.add(`${texts.currentNode.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return [...faint];
}"""
"""Texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3), those of drawings apart."""

NAMELESS = """() => [...document.querySelectorAll("a, button, input, select, [tabindex='0']")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || (one.labels && one.labels.length)))
  .map((one) => one.outerHTML.slice(0, 80))"""
"""Controls that a screen reader could not name."""

TOO_WIDE = "() => Math.max(0, document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth)"
"""By how many px the page is wider than its window."""


def faults(page: Any) -> dict[str, Any]:
    """What is wrong with the looks of a page as it stands."""
    found = {"faint": page.evaluate(FAINT), "nameless": page.evaluate(NAMELESS), "too wide": page.evaluate(TOO_WIDE)}
    return {name: value for name, value in found.items() if value}
