
(() => {
  const { make } = shared;
  const REACH = 8; // so many px beside a mark still mean it
  const LEAVE = 160; // ms in which the pointer may cross from a mark to its card
  const SIZES = [50, 75, 100, 125, 150, 200, 300, 400, 600, 800];
  const byId = (id) => document.getElementById(id);
  const paper = byId("paper"), card = byId("card");
  const svg = paper.querySelector("svg");
  const marks = shared.marks(svg);
  const rows = new Map([...document.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  const heads = [...document.querySelectorAll("thead th")].map((head) => head.textContent);

  // ---- the order in which the arrow keys go: a graph as it was drawn, a timeline from left to right

  const order = [...marks.keys()].filter((event) => rows.has(event));
  if (svg.closest("figure").dataset.kind === "timeline") {
    const middle = new Map(order.map((event) => {
      const box = marks.get(event)[0].getBBox();
      return [event, [box.x, box.y]];
    }));
    order.sort((a, b) => middle.get(a)[0] - middle.get(b)[0] || middle.get(a)[1] - middle.get(b)[1]);
  }

  // ---- marks, rows and the card

  svg.setAttribute("role", "group");
  for (const [number, event] of order.entries()) {
    const cells = [...rows.get(event).cells];
    const name = cells[0].querySelector(".name").textContent;
    const findings = [...cells[5].querySelectorAll(".finding")].map((one) => one.textContent);
    const said = [name, cells[2].textContent, cells[4].innerText, ...findings].filter(Boolean);
    for (const [place, mark] of marks.get(event).entries()) {
      for (const title of mark.querySelectorAll("title")) title.remove(); // the card says it
      if (place > 0) { mark.setAttribute("aria-hidden", "true"); continue; }
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-label", said.join("; ").replace(/\s+/g, " "));
      mark.setAttribute("tabindex", number === 0 ? "0" : "-1");
      mark.addEventListener("focus", () => { focused = event; rove(event); update(true); });
      mark.addEventListener("blur", () => { focused = null; update(false); });
    }
  }
  const first = (event) => marks.get(event)[0];
  function rove(event) {
    for (const one of order) first(one).setAttribute("tabindex", one === event ? "0" : "-1");
  }

  for (const event of order) {
    const name = rows.get(event).querySelector(".name");
    const button = make("button", { type: "button", class: "plain", "aria-label": `${name.textContent}: show in the drawing` },
      ...name.childNodes);
    button.addEventListener("click", () => focusMark(event));
    name.replaceChildren(button);
    rows.get(event).addEventListener("pointerenter", () => { pointed = event; update(false); });
    rows.get(event).addEventListener("pointerleave", () => { pointed = null; update(false); });
    button.addEventListener("focus", () => { pointed = event; update(false); });
    button.addEventListener("blur", () => { pointed = null; update(false); });
  }

  let focused = null; // by the keyboard, in the drawing
  let hovered = null; // by the pointer, in the drawing
  let pointed = null; // in the table
  let closed = false; // by Escape
  let leaving = 0;

  function update(opened) {
    if (opened) closed = false;
    const shown = hovered || focused;
    const about = shown || pointed;
    shared.clear(svg);
    for (const mark of about ? marks.get(about) : []) shared.outline(svg, mark, "about");
    for (const [event, row] of rows) row.classList.toggle("about", event === about);
    if (shown && !closed) tell(shown); else card.hidden = true;
  }

  function tell(event) {
    const cells = [...rows.get(event).cells];
    const facts = [];
    for (const [place, cell] of cells.entries()) {
      if (place === 0 || !cell.textContent.trim()) continue;
      facts.push(make("dt", {}, heads[place]), make("dd", {}, ...[...cell.childNodes].map((node) => node.cloneNode(true))));
    }
    const name = cells[0].querySelector(".name button").childNodes;
    card.replaceChildren(make("strong", {}, ...[...name].map((node) => node.cloneNode(true))), make("dl", {}, facts));
    card.hidden = false;
    place(first(event).getBoundingClientRect());
  }

  function place(mark) {
    const box = card.getBoundingClientRect(), gap = 6;
    const below = mark.bottom + gap + box.height < innerHeight || mark.top < innerHeight / 2;
    const top = below ? mark.bottom + gap : mark.top - gap - box.height;
    card.style.left = `${Math.max(8, Math.min(mark.left, innerWidth - box.width - 8))}px`;
    card.style.top = `${Math.max(8, Math.min(top, innerHeight - box.height - 8))}px`;
  }

  function focusMark(event) {
    first(event).focus({ preventScroll: true });
    first(event).scrollIntoView({ block: "center", inline: "center" });
    update(true);
  }

  // ---- pointer

  function under(x, y) { // the smallest mark that the pointer is on, or nearly so
    let best = null, least = Infinity;
    for (const event of order) {
      for (const mark of marks.get(event)) {
        const box = mark.getBoundingClientRect();
        const dx = Math.max(box.left - x, 0, x - box.right), dy = Math.max(box.top - y, 0, y - box.bottom);
        if (dx > REACH || dy > REACH) continue;
        const size = (dx + dy) * 1e6 + box.width * box.height;
        if (size < least) { least = size; best = event; }
      }
    }
    return best;
  }
  function hover(event) {
    clearTimeout(leaving);
    if (event === hovered) return;
    if (event === null) { leaving = setTimeout(() => { hovered = null; update(false); }, LEAVE); return; }
    hovered = event;
    update(true);
  }
  paper.addEventListener("pointermove", (move) => hover(under(move.clientX, move.clientY)));
  paper.addEventListener("pointerleave", () => hover(null));
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", () => hover(null));
  paper.addEventListener("click", (click) => {
    const event = under(click.clientX, click.clientY);
    if (event !== null) { first(event).focus({ preventScroll: true }); hovered = event; update(true); }
  });
  for (const one of ["scroll", "resize"]) {
    addEventListener(one, () => { if (!card.hidden) place(first(hovered || focused).getBoundingClientRect()); }, true);
  }

  // ---- keyboard

  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  addEventListener("keydown", (key) => {
    if (key.ctrlKey || key.metaKey || key.altKey) return;
    if (key.key === "Escape") { closed = true; hovered = null; update(false); return; }
    if (key.key === "+" || key.key === "=") { zoom(1); return; }
    if (key.key === "-") { zoom(-1); return; }
    if (key.key === "0") { resize(100); return; }
    if (focused === null) return;
    const at = order.indexOf(focused);
    let next = null;
    if (key.key in STEPS) next = Math.min(order.length - 1, Math.max(0, at + STEPS[key.key]));
    else if (key.key === "Home") next = 0;
    else if (key.key === "End") next = order.length - 1;
    if (next !== null) {
      key.preventDefault();
      first(order[next]).focus({ preventScroll: true });
      first(order[next]).scrollIntoView({ block: "nearest", inline: "nearest" });
      update(true);
    } else if (key.key === "Enter" || key.key === " ") {
      key.preventDefault();
      rows.get(focused).querySelector("button").focus();
    }
  });

  // ---- size

  let size = 100;
  function resize(wanted, x, y) {
    const before = paper.getBoundingClientRect();
    const from = { x: x === undefined ? before.width / 2 : x - before.left, y: y === undefined ? before.height / 2 : y - before.top };
    const ratio = wanted / size;
    const to = { left: (paper.scrollLeft + from.x) * ratio - from.x, top: (paper.scrollTop + from.y) * ratio - from.y };
    size = wanted;
    svg.style.width = `${size}%`;
    svg.style.minWidth = size < 100 ? "0" : "";
    paper.scrollTo(to);
    byId("size").textContent = `${size} %`;
    for (const [name, end] of [["out", SIZES[0]], ["in", SIZES[SIZES.length - 1]]]) {
      document.querySelector(`[data-zoom=${name}]`).setAttribute("aria-disabled", String(size === end));
    }
    if (!card.hidden) place(first(hovered || focused).getBoundingClientRect());
  }
  function zoom(step, x, y) {
    const at = SIZES.indexOf(size);
    resize(SIZES[Math.min(SIZES.length - 1, Math.max(0, at + step))], x, y);
  }
  const ZOOMS = { out: () => zoom(-1), in: () => zoom(1), reset: () => resize(100) };
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", ZOOMS[button.dataset.zoom]);
  paper.addEventListener("wheel", (wheel) => {
    if (!wheel.ctrlKey) return;
    wheel.preventDefault();
    zoom(wheel.deltaY < 0 ? 1 : -1, wheel.clientX, wheel.clientY);
  }, { passive: false });

  document.querySelector(".tools").hidden = false;
  byId("how").hidden = false;
  document.documentElement.dataset.ready = "yes";
})();
