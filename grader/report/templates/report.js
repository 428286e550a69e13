"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const items = new Map(JSON.parse(byId("item-data").textContent).map((item) => [item[0], item]));
  const packed = byId("packed").textContent.split("\n");
  const body = document.querySelector("#table tbody");
  const rows = Array.from(body.rows);
  const place = new Map(rows.map((row, number) => [row, number]));
  const words = { f: "all points", p: "some points", n: "no points", o: "open" };

  // Whatever a student wrote becomes text here, never markup.
  const make = (tag, given = {}, ...inner) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...inner.filter((one) => one !== null && one !== ""));
    return element;
  };

  // --- sorting -----------------------------------------------------------------------------

  const announce = (text) => { byId("shown").textContent = text; };
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const cellText = (row, column) => row.cells[column].textContent.trim();

  const sortBy = (header) => {
    const column = header.cellIndex;
    const isNumber = header.dataset.sort === "number";
    // Numbers begin with the largest, texts with A; the same button turns it round.
    const first = isNumber ? "descending" : "ascending";
    const other = isNumber ? "ascending" : "descending";
    const order = header.getAttribute("aria-sort") === first ? other : first;
    for (const one of header.parentElement.cells) one.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const keyed = rows.map((row) => {
      const text = cellText(row, column);
      return { row, empty: text === "", key: isNumber ? parseFloat(text) : text };
    });
    keyed.sort((a, b) => {
      if (a.empty || b.empty) return a.empty - b.empty || place.get(a.row) - place.get(b.row);
      const found = isNumber ? a.key - b.key : collator.compare(a.key, b.key);
      return sign * found || place.get(a.row) - place.get(b.row);
    });
    keyed.forEach((one, at) => { rows[at] = one.row; });
    body.append(...rows);
    announce(`Sorted by ${header.textContent.trim()}, ${order}.`);
  };

  for (const header of document.querySelectorAll("#table th[data-sort]")) {
    const button = make("button", { type: "button", class: "sort" }, header.textContent);
    button.addEventListener("click", () => sortBy(header));
    header.replaceChildren(button);
  }

  // --- searching ---------------------------------------------------------------------------

  const form = document.querySelector(".controls");
  form.hidden = false;

  const filter = () => {
    const asked = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const item = byId("item").value;
    const stand = byId("stand").value;
    let count = 0;
    for (const row of rows) {
      const stands = item === "" ? row.dataset.o : row.dataset.o[Number(item)] ?? "";
      const fits = asked.every((word) => row.dataset.s.includes(word))
        && (stand === "" || [...stands].some((one) => stand.includes(one)));
      row.hidden = !fits;
      count += fits;
    }
    announce(`${count} of ${rows.length} shown`);
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  filter();

  // --- one student -------------------------------------------------------------------------

  const unpack = async (number) => {
    const bytes = Uint8Array.from(atob(packed[number].trim()), (one) => one.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  };

  const list = (title, entries) => entries.length
    ? make("div", { class: "block" }, make("h3", {}, title), make("ul", {}, ...entries.map((one) => make("li", {}, one))))
    : null;

  const evidence = (seen) => {
    const head = ["draw", "answer", "outcome", "units of rounding", "detail"];
    return make("details", { class: "evidence" },
      make("summary", {}, `Evidence: ${seen.length} comparison${seen.length === 1 ? "" : "s"}`),
      make("div", { class: "scroll" }, make("table", { class: "small" },
        make("thead", {}, make("tr", {}, ...head.map((one) => make("th", { scope: "col" }, one)))),
        make("tbody", {}, ...seen.map((cells) => make("tr", {}, ...cells.map((cell, at) =>
          make("td", at === 3 ? { class: "n" } : {}, at === 2 ? cell.replaceAll("_", " ") : cell))))))));
  };

  const code = ([where, line, text, isCut]) => {
    const lines = text.split("\n").map((one, at) => `${String(line + at).padStart(4)}  ${one}`);
    if (isCut) lines.push("      …");
    return make("figure", { class: "code" },
      make("figcaption", {}, `${where}, line ${line}`),
      make("pre", { tabindex: "0" }, lines.join("\n")));
  };

  const passage = ([where, text]) => make("figure", { class: "code" },
    make("figcaption", {}, where), make("pre", { class: "prose" }, text));

  const itemOf = (told, all, seenCode) => {
    const [id, stands, points, outcome, message, notes, details, diagnosis, seen, calls, written] = told;
    const [, title, , maximum, visibility, hint] = items.get(id) ?? [id, id, "", "?", "", ""];
    const head = make("summary", {},
      make("span", { class: `mark ${stands}`, role: "img", "aria-label": words[stands] }),
      make("code", {}, id), " ", make("span", { class: "title" }, title), " ",
      visibility !== "visible" ? make("span", { class: "tag" }, visibility.replaceAll("_", " ")) : "",
      make("span", { class: "points" }, `${points ?? "–"} of ${maximum}`),
      make("span", { class: "outcome" }, outcome.replaceAll("_", " ")));
    const box = make("details", { class: "item" }, head);
    box.open = stands !== "f";
    if (diagnosis) box.append(make("p", {}, make("span", { class: "tag" }, diagnosis)));
    box.append(make("p", {}, message));
    if (hint && ["wrong", "partial"].includes(outcome)) box.append(make("p", { class: "quiet" }, `Hint: ${hint}`));
    const at = details.search(/^To see it again:/m);
    const shown = at < 0 ? details : details.slice(0, at);
    const again = at < 0 ? "" : details.slice(at);
    if (shown) box.append(make("pre", { tabindex: "0" }, shown.trimEnd()));
    if (again) box.append(make("p", { class: "again" }, again));
    if (written.length) box.append(make("h4", {}, "Written by the student"), ...written.map((at) => passage(all.written[at])));
    if (calls.length) {
      const own = make("details", { class: "evidence" }, make("summary", {}, "Their code"), ...calls.map((at) => code(all.code[at])));
      // Several items look at the same functions: unfolded they stand once.
      own.open = (stands === "p" || stands === "n") && calls.some((at) => !seenCode.has(at));
      if (own.open) for (const at of calls) seenCode.add(at);
      box.append(own);
    }
    if (seen.length) box.append(evidence(seen));
    if (notes.length) box.append(make("ul", { class: "quiet notes" }, ...notes.map((one) => make("li", {}, one))));
    return box;
  };

  const studentOf = (told) => {
    const parts = [];
    const people = told.people.map(([id, name, email, section]) => [name, id, email, section && `section ${section}`].filter(Boolean).join(" · "));
    const who = people.join(" — ") || told.id;
    if (who !== byId("who").textContent) parts.push(make("p", { class: "quiet" }, who));
    parts.push(make("p", { class: "total" }, told.total === null ? "No total: the grader itself failed, which costs no points." : `${told.total} of ${told.maximum} points`));
    parts.push(list("To look at", told.problems), list("Notes", told.flags.filter((one) => !told.problems.includes(one))));
    const seenCode = new Set();
    let section = null;
    for (const one of told.items) {
      const name = items.get(one[0])?.[2] ?? "";
      if (name !== section && name) parts.push(make("h3", {}, name));
      section = name;
      parts.push(itemOf(one, told, seenCode));
    }
    if (told.written.length) {
      const all = make("details", { class: "item" }, make("summary", {}, `All written answers (${told.written.length})`), ...told.written.map(passage));
      parts.push(make("h3", {}, "Written answers"), all);
    }
    if (told.remark) parts.push(make("p", { class: "quiet" }, told.remark));
    parts.push(list("Loading", told.loading), list("Conventions", told.conventions.map(([group, one]) => `${group}: ${one}`)));
    return parts.filter((one) => one !== null);
  };

  const dialog = byId("student");
  let current = -1;
  let opener = null;

  const open = async (number, from) => {
    current = number;
    opener = from ?? opener;
    const label = document.querySelector(`#table [data-open="${number}"]`).textContent;
    let told;
    let failure;
    try {
      told = await unpack(number);
    } catch (error) {
      failure = typeof DecompressionStream === "undefined"
        ? "This browser is too old to unpack the details; one from 2023 or later can. feedback/ has a plain page for each student."
        : `The details cannot be unpacked (${error.message}): the file may be damaged. Make it again with grader report.`;
    }
    // Nobody's name may stand above somebody else's points, not for a moment.
    if (current !== number) return;
    byId("who").textContent = label;
    byId("body").replaceChildren(...(failure ? [make("p", { class: "notice" }, failure)] : studentOf(told)));
    const shown = rows.filter((row) => !row.hidden).map((row) => place.get(row));
    byId("previous").disabled = shown.indexOf(number) <= 0;
    byId("next").disabled = shown.indexOf(number) < 0 || shown.indexOf(number) === shown.length - 1;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    byId("who").focus();
  };

  const step = (by) => {
    const shown = rows.filter((row) => !row.hidden).map((row) => place.get(row));
    const next = shown[shown.indexOf(current) + by];
    if (next !== undefined) open(next);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-open]");
    if (button) open(Number(button.dataset.open), button);
  });
  byId("close").addEventListener("click", () => dialog.close());
  byId("print").addEventListener("click", () => window.print());
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  dialog.addEventListener("close", () => { opener?.focus(); byId("body").replaceChildren(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  // On paper, what is folded away cannot be unfolded.
  addEventListener("beforeprint", () => { for (const one of dialog.querySelectorAll("details.item > details, details.item")) one.open ||= !one.classList.contains("evidence"); });
})();
