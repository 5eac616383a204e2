"use strict";
// What pages share. Texts reach a page as text nodes only; its policy allows nothing else.
const shared = {
  make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, given] of Object.entries(attributes || {})) {
      if (given === true) made.setAttribute(name, "");
      else if (given !== false && given !== null && given !== undefined) made.setAttribute(name, given);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  },

  // A drawing from its nested lists: name, attributes, and what is in it.
  drawing([tag, attributes, ...inner]) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, given] of Object.entries(attributes)) made.setAttribute(name, given);
    made.append(...inner.map((one) => (typeof one === "string" ? one : shared.drawing(one))));
    return made;
  },

  // A text in which 10^-4 is a power, as nodes.
  powers(words) {
    return words.split(/(10\^-?\d+)/).map((part) => {
      const power = /^10\^(-?\d+)$/.exec(part);
      return power ? shared.make("span", {}, "10", shared.make("sup", {}, power[1].replace("-", "−"))) : part;
    });
  },

  // The elements of a drawing that show each event, by its id.
  marks(svg) {
    const found = new Map();
    for (const one of svg.querySelectorAll("[data-event]")) {
      const event = one.getAttribute("data-event");
      found.set(event, [...(found.get(event) || []), one]);
    }
    return found;
  },

  outline(svg, mark, kind) {
    const box = mark.getBBox();
    const halo = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const given = { x: box.x - 2.5, y: box.y - 2.5, width: box.width + 5, height: box.height + 5, rx: 2.5, class: `halo ${kind}` };
    for (const [name, size] of Object.entries(given)) halo.setAttribute(name, String(size));
    svg.append(halo);
  },

  clear(svg, kind) {
    for (const old of svg.querySelectorAll(kind ? `.halo.${kind}` : ".halo")) old.remove();
  },
};
