
(() => {
  const { make, powers } = shared;
  const PAGE_ROWS = 100, PRINT_ROWS = 1000;
  const WORDS = { error: "error", warning: "warning", info: "note" };
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const columns = data.columns;
  const rows = Array.from({ length: data.findings }, (_, row) => row);

  const code = (name, row) => columns[name].codes[row];
  const value = (name, row) => (code(name, row) < 0 ? null : columns[name].values[code(name, row)]);
  const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

  const badge = (row) => {
    const severity = value("severity", row);
    if (value("verdict", row) === "failed") return make("span", { class: `badge ${severity}` }, WORDS[severity]);
    return make("span", { class: "badge undecided" }, `undecided (${WORDS[severity]})`);
  };
  const id = (text) => (text === null ? "" : make("span", { class: "id" }, text));
  const text = (words) => (words === null ? "" : make("span", { class: "text" }, words));
  const patientLink = (patient, ...more) =>
    make("a", { href: `#patient/${encodeURIComponent(patient)}`, class: "id" }, ...more, patient);

  function ruleButton(rule) {
    const button = make("button", { type: "button", class: "plain", "aria-haspopup": "dialog" }, rule);
    button.addEventListener("click", () => showRule(rule));
    return button;
  }

  // ---- a rule, on demand

  function showRule(rule) {
    const known = data.rules[rule] || { title: "This rule is not among those of the run.", subjects: 0 };
    const close = make("button", { type: "button" }, "Close");
    close.addEventListener("click", () => byId("rule").close());
    const found = make("a", { href: `#findings?${new URLSearchParams({ rule, verdict: "all", status: anyAccepted ? "*" : "" })}` }, "Show its findings");
    found.addEventListener("click", () => byId("rule").close());
    byId("rule-body").replaceChildren(...[
      make("h2", { id: "rule-head", tabindex: "-1", autofocus: true }, rule),
      make("p", { class: "text" }, known.title),
      known.severity ? make("p", {}, make("span", { class: `badge ${known.severity}` }, WORDS[known.severity])) : null,
      ...(known.prose || []).flatMap(([head, words]) => [make("h3", {}, head), make("p", { class: "text" }, words)]),
      ...(known.grounds ? [make("h3", {}, "Source"), ...known.grounds.map((one) => make("p", { class: "text" }, one))] : []),
      known.severity
        ? make("p", {}, `In this run: ${count(known.subjects, "subject", "subjects")}, `
          + `${known.failed.toLocaleString("en")} failed, ${known.undecided.toLocaleString("en")} undecided.`) : null,
      make("div", { class: "foot" }, found, close),
    ].filter(Boolean));
    byId("rule").showModal();
  }

  // ---- tables in pages

  function tableOf(caption, heads, body) { // its heading stands above it: the caption is for those who do not see
    const cells = heads.map(([words, kind]) => make("th", { scope: "col", class: kind || null }, words));
    const table = make("table", {}, make("caption", { class: "unseen" }, caption), make("thead", {}, make("tr", {}, cells)), body);
    return make("div", { class: "wide", role: "region", "aria-label": caption, tabindex: "0" }, table);
  }

  function pagedTable(place, caption, heads, rowOf, turned) {
    const body = make("tbody");
    const back = make("button", { type: "button" }, "Previous page");
    const on = make("button", { type: "button" }, "Next page");
    const where = make("span");
    const pager = make("nav", { class: "pager", "aria-label": `Pages of: ${caption}` }, back, where, on);
    let shown = [], page = 0;
    const turn = (step) => {
      const last = Math.max(0, Math.ceil(shown.length / PAGE_ROWS) - 1);
      const next = Math.min(last, Math.max(0, page + step));
      if (next === page) return;
      page = next;
      draw(PAGE_ROWS);
      turned(page);
      place.scrollIntoView({ block: "start" });
    };
    back.addEventListener("click", () => turn(-1));
    on.addEventListener("click", () => turn(1));
    function draw(size) {
      const last = Math.max(0, Math.ceil(shown.length / PAGE_ROWS) - 1);
      const from = size === PAGE_ROWS ? page * PAGE_ROWS : 0;
      body.replaceChildren(...shown.slice(from, from + size).map(rowOf));
      where.textContent = `Page ${page + 1} of ${last + 1}`;
      back.setAttribute("aria-disabled", String(page === 0));
      on.setAttribute("aria-disabled", String(page === last));
      pager.hidden = last === 0;
    }
    place.append(tableOf(caption, heads, body), pager);
    return {
      show(list, at) {
        shown = list;
        page = Math.min(Math.max(0, Math.ceil(list.length / PAGE_ROWS) - 1), at || 0);
        draw(PAGE_ROWS);
      },
      print: () => draw(PRINT_ROWS),
      screen: () => draw(PAGE_ROWS),
      range: () => [Math.min(shown.length, page * PAGE_ROWS + 1), Math.min(shown.length, (page + 1) * PAGE_ROWS)],
    };
  }

  // ---- findings

  const statuses = Boolean(columns.status);
  const ACCEPTED = "accepted"; // reviewed, and right as it is: counted, and shown on request
  const anyAccepted = statuses && columns.status.values.includes(ACCEPTED);
  const isAccepted = (row) => statuses && value("status", row) === ACCEPTED;
  const sites = columns.site.values.length > 0;
  const anyFailed = columns.verdict.values.includes("failed");
  const fields = {};

  function option(key, words, chosen) {
    return make("option", { value: key, selected: key === chosen }, words);
  }
  function asked(form, control, label) { // a label of its own: one around a choice would be read with all its options
    control.id = `${form.id}-${control.name}`;
    form.append(make("div", { class: "asked" }, make("label", { for: control.id }, label), control));
  }
  function choice(form, name, label, options) {
    const select = make("select", { name }, options);
    fields[name] = select;
    asked(form, select, label);
    select.addEventListener("input", () => applied(0));
  }
  function entry(form, name, label, hint) {
    const input = make("input", { name, type: "search", autocomplete: "off", placeholder: hint });
    let wait = 0;
    fields[name] = input;
    asked(form, input, label);
    input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => applied(0), 120); });
  }
  const cut = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

  (() => {
    const form = byId("filters");
    const rules = [...columns.rule.values].sort();
    choice(form, "verdict", "Verdict", [option("failed", "failed"), option("undecided", "undecided"), option("all", "all")]);
    choice(form, "severity", "Severity", [option("", "all"), ...columns.severity.values.map((one) => option(one, WORDS[one]))]);
    choice(form, "rule", "Rule", [option("", "all"),
      ...rules.map((one) => option(one, cut(`${one} ${(data.rules[one] || { title: "" }).title}`, 60)))]);
    if (sites) {
      const known = [...columns.site.values].sort().map((one) => option(`=${one}`, one));
      const none = columns.site.codes.includes(-1) ? [option("~", "not told")] : [];
      choice(form, "site", "Site", [option("", "all"), ...known, ...none]);
    }
    if (statuses) {
      const known = [...columns.status.values].sort().map((one) => option(one, one));
      const most = anyAccepted ? [option("", "all but accepted"), option("*", "all")] : [option("", "all")];
      choice(form, "status", "Status", [...most, ...known]);
    }
    entry(form, "patient", "Patient", "part of an id");
    entry(form, "text", "Text", "words in a finding");
    const clear = make("button", { type: "button" }, "Clear filters");
    clear.addEventListener("click", () => { fill(new URLSearchParams()); applied(0); });
    form.append(clear);
    form.addEventListener("submit", (event) => event.preventDefault());
  })();

  function fill(asked) {
    for (const [name, field] of Object.entries(fields)) {
      const given = asked.get(name);
      field.value = given !== null ? given : name === "verdict" ? (anyFailed ? "failed" : "all") : "";
      if (field.selectedIndex === -1) field.value = name === "verdict" ? "all" : "";
    }
  }

  let hay = null;
  function haystack() {
    const all = ["rule", "patient", "site", "event", "conflicts_with", "about", "message", "advice", "source", "file",
      "fingerprint"];
    hay = hay || rows.map((row) => all.map((name) => value(name, row) || "").join("\n").toLowerCase());
    return hay;
  }

  function wanted() {
    const tests = [];
    const exact = (name, given) => {
      const number = columns[name].values.indexOf(given);
      tests.push((row) => code(name, row) === number);
    };
    if (fields.verdict.value !== "all") exact("verdict", fields.verdict.value);
    for (const name of ["severity", "rule"]) if (fields[name].value) exact(name, fields[name].value);
    const status = fields.status ? fields.status.value : "*";
    if (status === "") tests.push((row) => !isAccepted(row));
    else if (status !== "*") exact("status", status);
    const site = fields.site ? fields.site.value : "";
    if (site === "~") tests.push((row) => code("site", row) < 0);
    else if (site) exact("site", site.slice(1));
    const part = fields.patient.value.trim().toLowerCase();
    if (part) {
      const fits = columns.patient.values.map((one) => one.toLowerCase().includes(part));
      tests.push((row) => fits[code("patient", row)]);
    }
    const words = fields.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) {
      const texts = haystack();
      tests.push((row) => words.every((word) => texts[row].includes(word)));
    }
    return rows.filter((row) => tests.every((test) => test(row)));
  }

  const findingHeads = [["severity"], ["rule"], ["patient"], ...(sites ? [["site"]] : []), ["event"],
    ...(statuses ? [["status"]] : []), ["what was found"]];
  const findings = pagedTable(byId("finding-list"), "Findings", findingHeads, (row) => make("tr", {},
    make("td", {}, badge(row)),
    make("td", { class: "rule" }, ruleButton(value("rule", row))),
    make("td", {}, patientLink(value("patient", row))),
    sites ? make("td", {}, text(value("site", row))) : null,
    make("td", {}, id(value("event", row))),
    statuses ? make("td", {}, text(value("status", row))) : null,
    make("td", { class: "what" }, text(value("message", row))),
  ), (page) => { said(); remember(page); });

  let matching = [];
  function said(printing) {
    const [from, to] = printing ? [Math.min(1, matching.length), Math.min(matching.length, PRINT_ROWS)] : findings.range();
    const range = matching.length > to - from + 1 ? `; ${from.toLocaleString("en")} to ${to.toLocaleString("en")} shown` : "";
    byId("count").textContent = `${matching.length.toLocaleString("en")} of ${count(data.findings, "finding", "findings")}${range}`;
  }
  function remember(page) {
    const asked = new URLSearchParams();
    for (const [name, field] of Object.entries(fields)) if (field.value) asked.set(name, field.value);
    if (page) asked.set("page", String(page + 1));
    history.replaceState(null, "", `#findings?${asked}`);
  }
  function applied(page) {
    matching = wanted();
    findings.show(matching, page);
    said();
    remember(page);
  }

  // ---- patients

  const people = new Map();
  for (const row of rows) {
    const number = code("patient", row);
    if (!people.has(number)) {
      people.set(number, { id: value("patient", row), site: value("site", row), rows: [], error: 0, warning: 0, info: 0, undecided: 0 });
    }
    const person = people.get(number);
    person.rows.push(row);
    person[value("verdict", row) === "failed" ? value("severity", row) : "undecided"] += 1;
  }
  const order = [...people.values()].sort((a, b) => b.error - a.error || b.warning - a.warning || b.info - a.info);
  const isDrawn = (person) => Boolean(data.drawn[code("patient", person.rows[0])]);
  const anyDrawn = Object.keys(data.drawn).length > 0;

  const cell = (number) => make("td", { class: "number" }, number.toLocaleString("en"));
  const patients = pagedTable(byId("patient-list"), "Patients, the worst first", [["patient"], ...(sites ? [["site"]] : []),
    ["errors", "number"], ["warnings", "number"], ["notes", "number"], ["undecided", "number"], ...(anyDrawn ? [["drawn"]] : [])],
  (person) => make("tr", {},
    make("th", { scope: "row" }, patientLink(person.id)),
    sites ? make("td", {}, text(person.site)) : null,
    cell(person.error), cell(person.warning), cell(person.info), cell(person.undecided),
    anyDrawn ? make("td", {}, isDrawn(person) ? "yes" : "no") : null,
  ), () => saidPatients());

  const choosePatient = make("input", { type: "search", name: "part", autocomplete: "off", placeholder: "part of an id or site" });
  const chooseFailed = make("select", { name: "which" }, option("failed", "failed findings"), option("all", "any finding"));
  asked(byId("choose"), choosePatient, "Patient or site");
  asked(byId("choose"), chooseFailed, "With");
  byId("choose").addEventListener("submit", (event) => event.preventDefault());
  byId("choose").addEventListener("input", () => listPatients());
  if (!anyFailed) chooseFailed.value = "all";
  let listed = [];
  function saidPatients() {
    const [from, to] = patients.range();
    const range = listed.length > to - from + 1 ? `; ${from.toLocaleString("en")} to ${to.toLocaleString("en")} shown` : "";
    byId("patient-count").textContent = `${listed.length.toLocaleString("en")} of ${count(order.length, "patient", "patients")} with findings${range}`;
  }
  function listPatients() {
    const part = choosePatient.value.trim().toLowerCase();
    const failed = chooseFailed.value === "failed";
    listed = order.filter((person) => (!failed || person.error + person.warning + person.info > 0)
      && `${person.id}\n${person.site || ""}`.toLowerCase().includes(part));
    patients.show(listed, 0);
    saidPatients();
  }

  // ---- one patient

  const eventsOf = (row) => (value("event", row) === null ? [] : [value("event", row)]);
  const conflictsOf = (row) => value("conflicts_with", row) || [];

  function showPatient(wantedId) {
    const place = byId("patient-body");
    const at = order.findIndex((person) => person.id === wantedId);
    byId("head-patient").replaceChildren("Patient ", make("span", { class: "text" }, wantedId));
    if (at < 0) {
      place.replaceChildren(make("p", {}, "No finding of this page is about such a patient."));
      return;
    }
    const person = order[at];
    const drawn = data.drawn[code("patient", person.rows[0])];
    const failed = person.rows.filter((row) => value("verdict", row) === "failed" && !isAccepted(row));
    const open = person.rows.filter((row) => value("verdict", row) !== "failed" && !isAccepted(row));
    const accepted = person.rows.filter(isAccepted);
    const picture = drawn ? pictureOf(drawn, failed.length ? failed : open) : null;
    const facts = [person.site === null ? null : `Site ${person.site}`, drawn ? drawn.about : null,
      count(person.error, "error", "errors"), count(person.warning, "warning", "warnings"),
      count(person.info, "note", "notes"), `${person.undecided.toLocaleString("en")} undecided`];
    const cards = (list) => make("ul", { class: "cards" }, list.map((row) => cardOf(row, picture)));
    const folded = (name, list, open) => (list.length
      ? [make("details", { open }, make("summary", {}, `${name}: ${list.length.toLocaleString("en")}`), cards(list))] : []);
    const parts = [make("h2", {}, "Findings"),
      failed.length ? cards(failed) : make("p", {}, accepted.length ? "Nothing failed that was not accepted." : "Nothing failed."),
      ...folded("Undecided", open, !failed.length), ...folded("Accepted", accepted, false)];
    const steps = [make("a", { href: "#patients" }, "All patients")];
    if (at > 0) steps.push(make("a", { href: `#patient/${encodeURIComponent(order[at - 1].id)}`, rel: "prev" }, "Previous patient"));
    if (at < order.length - 1) steps.push(make("a", { href: `#patient/${encodeURIComponent(order[at + 1].id)}`, rel: "next" }, "Next patient"));
    place.replaceChildren(
      make("p", { class: "text" }, facts.filter(Boolean).join(" · ")),
      make("p", { class: "steps" }, steps),
      make("div", { class: drawn ? "columns" : "" },
        picture ? make("div", { class: "picture" }, make("h2", {}, "Course"), picture.figure) : null,
        make("div", { class: "told" }, parts)),
      ...(picture ? [make("h2", {}, "Events as told"), picture.table] : []),
    );
    if (picture) picture.mark(null);
  }

  function pictureOf(drawn, basis) {
    const held = byId(`drawing-${drawn.number}`);
    const svg = held ? shared.drawing(JSON.parse(held.textContent)) : null;
    const marks = svg ? shared.marks(svg) : new Map();
    const lines = new Map();
    const body = make("tbody", {}, drawn.events.map(([event, type, name, told, line]) => {
      const said = basis.filter((row) => eventsOf(row).includes(event)).map((row) => value("rule", row));
      const hit = basis.filter((row) => conflictsOf(row).includes(event)).map((row) => `${value("rule", row)} (conflict)`);
      const row = make("tr", {}, make("th", { scope: "row" }, id(event)), make("td", {}, type.replaceAll("_", " ")),
        make("td", { class: "what" }, make("span", { class: "text" }, powers(name))), make("td", {}, text(told)),
        make("td", { class: "number" }, line === null ? "" : String(line)),
        make("td", {}, text([...new Set([...said, ...hit])].join(", "))));
      lines.set(event, row);
      return row;
    }));
    const table = tableOf("Events as told", [["event"], ["type"], ["what"], ["time as told"], ["line", "number"], ["findings"]], body);
    const key = make("figcaption", {}, "Outlined: ", make("span", { class: "sample about", "aria-hidden": "true" }),
      " events of the findings, solid; ", make("span", { class: "sample against", "aria-hidden": "true" }),
      " what they conflict with, dashed. Events that are not drawn are marked in the table below.");
    const figure = make("figure", {}, svg ? make("div", { class: "paper", role: "region", "aria-label": "Drawing", tabindex: "0" }, svg) : make("p", { class: "notice" }, drawn.why), svg ? key : null);
    const buttons = [];

    function mark(row) {
      const chosen = row === null ? basis : [row];
      const about = new Set(chosen.flatMap(eventsOf));
      const against = new Set(chosen.flatMap(conflictsOf).filter((event) => !about.has(event)));
      if (svg) shared.clear(svg);
      for (const [kind, events] of [["against", against], ["about", about]]) {
        for (const event of events) for (const one of marks.get(event) || []) shared.outline(svg, one, kind);
      }
      for (const [event, line] of lines) {
        line.className = about.has(event) ? "about" : against.has(event) ? "against" : "";
      }
      for (const [owner, button] of buttons) button.setAttribute("aria-pressed", String(owner === row));
    }
    const isIn = (event) => marks.has(event);
    return { figure, table, mark, isIn, buttons };
  }

  function cardOf(row, picture) {
    const facts = [];
    const fact = (name, ...shown) => facts.push(make("dt", {}, name), make("dd", {}, ...shown));
    const listed = (events) => events.flatMap((event, number) => [number ? ", " : "", id(event)]);
    if (value("event", row) !== null) fact("Event", id(value("event", row)), ` (${value("about", row).replaceAll("_", " ")})`);
    if (conflictsOf(row).length) fact("Conflicts with", ...listed(conflictsOf(row)));
    if (value("advice", row)) fact("What to do", text(value("advice", row)));
    if (value("source", row)) fact("Source", text(value("source", row)));
    if (value("file", row) !== null) {
      fact("Where", text(value("file", row)), value("line", row) === null ? "" : `, line ${value("line", row)}`);
    }
    if (statuses) fact("Status", text(value("status", row) || "not known"));
    fact("Fingerprint", id(value("fingerprint", row)));
    let button = null;
    if (picture && [...eventsOf(row), ...conflictsOf(row)].some(picture.isIn)) {
      button = make("button", { type: "button", "aria-pressed": "false" }, "Show this one in the drawing");
      button.addEventListener("click", () => {
        picture.mark(button.getAttribute("aria-pressed") === "true" ? null : row);
        picture.figure.scrollIntoView({ block: "nearest" });
      });
      picture.buttons.push([row, button]);
    }
    const kind = value("verdict", row) === "failed" ? value("severity", row) : "undecided";
    return make("li", { class: `card ${kind}` },
      make("div", { class: "head" }, badge(row), make("h3", {}, ruleButton(value("rule", row)))),
      make("p", { class: "text" }, value("message", row)),
      make("dl", { class: "facts" }, facts), button);
  }

  // ---- views

  const VIEWS = ["summary", "findings", "patients", "patient"];
  function route() {
    const [path, asked] = location.hash.slice(1).split("?", 2);
    const [view, ...rest] = path.split("/");
    let name = "";
    try { name = decodeURIComponent(rest.join("/")); } catch { name = rest.join("/"); }
    return [VIEWS.includes(view) ? view : "summary", new URLSearchParams(asked || ""), name];
  }
  const title = document.title;
  function go(moved) {
    const [view, asked, name] = route();
    if (byId("rule").open) byId("rule").close();
    for (const one of VIEWS) byId(`view-${one}`).hidden = one !== view;
    for (const link of document.querySelectorAll("header nav a")) {
      const here = link.hash === `#${view}` || (view === "patient" && link.hash === "#patients");
      if (here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    if (view === "findings") { fill(asked); applied(Math.max(0, (parseInt(asked.get("page"), 10) || 1) - 1)); }
    if (view === "patients") listPatients();
    if (view === "patient") showPatient(name);
    document.title = view === "summary" ? title : `${byId(`head-${view}`).textContent} – ${title}`;
    if (moved) {
      window.scrollTo(0, 0);
      byId(`head-${view}`).focus({ preventScroll: true });
    }
  }

  for (const place of document.querySelectorAll("[data-filter]")) { // a number leads to all that it counts
    const asked = new URLSearchParams(place.dataset.filter);
    if (statuses && !asked.has("status")) asked.set("status", anyAccepted ? "*" : "");
    place.replaceChildren(make("a", { href: `#findings?${asked}` }, place.textContent));
  }
  for (const place of document.querySelectorAll("[data-rule]")) place.replaceChildren(ruleButton(place.dataset.rule));
  document.querySelector("header nav").hidden = false;
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); byId("main").focus(); });
  window.addEventListener("hashchange", () => go(true));
  window.addEventListener("beforeprint", () => {
    if (!byId("view-findings").hidden) { findings.print(); said(true); }
    if (!byId("view-patients").hidden) patients.print();
  });
  window.addEventListener("afterprint", () => {
    if (!byId("view-findings").hidden) { findings.screen(); said(); }
    if (!byId("view-patients").hidden) patients.screen();
  });
  go(false);
  document.documentElement.dataset.ready = "yes";
})();
