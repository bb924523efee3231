// Sorting of tables, and the songs of the confusion matrix. Everything here is set as text, never as markup.
"use strict";

function makeSortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, headings, column));
  });
}

// Numbers first go down, names up; a second press turns the order. Cells without a value stay below.
function sort(table, headings, column) {
  const heading = headings[column], before = heading.getAttribute("aria-sort");
  const isNumber = heading.classList.contains("number");
  const order = before ? (before === "ascending" ? "descending" : "ascending") : isNumber ? "descending" : "ascending";
  const sign = order === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const value = row => row.cells[column].dataset.value;
  const compare = (a, b) => {
    if (!isNumber) return sign * a.cells[column].textContent.localeCompare(b.cells[column].textContent);
    const [x, y] = [value(a), value(b)];
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
    return sign * (x - y);
  };
  body.append(...[...body.rows].sort(compare));
  headings.forEach(h => h.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", order);
}

function makeMatrix(matrix, data) {
  const panel = document.getElementById("songs"), list = document.getElementById("songs-list");
  const title = document.getElementById("songs-title"), note = document.getElementById("songs-note");
  const buttons = [...matrix.querySelectorAll("tbody button")];
  const cells = new Map(data.cells.map(c => [c.row + "," + c.column, c]));
  let kept = null, current = buttons[0];

  const place = button => [button.closest("tr").sectionRowIndex, button.closest("td").cellIndex - 1];
  const at = (row, column) => matrix.tBodies[0].rows[row]?.cells[column + 1]?.querySelector("button");

  function item(song) {
    const [name, value, round, address] = song, entry = document.createElement("li");
    const text = document.createElement(address ? "a" : "bdi");
    if (address) {
      text.href = address;
      text.dir = "auto";
    }
    text.textContent = name;
    entry.append(text, " ");
    const remark = document.createElement("span");
    remark.className = "minor";
    remark.textContent = data.confidence + " " + value + (data.rounds ? ", round " + round : "");
    entry.append(remark);
    if (address) {
      const player = document.createElement("audio");
      player.controls = true;
      player.preload = "none";
      player.src = address;
      player.setAttribute("aria-label", name);
      entry.append(player);
    }
    return entry;
  }

  function show(button) {
    const cell = cells.get(place(button).join(","));
    title.textContent = button.textContent;
    note.textContent = cell.songs.length < cell.count
      ? "The " + cell.songs.length + " of " + cell.count + " with the highest " + data.confidence + "." : "";
    list.replaceChildren(...cell.songs.map(item));
    panel.scrollTop = 0;
  }

  function keep(button, isKept) {
    if (kept) kept.setAttribute("aria-pressed", "false");
    kept = isKept ? button : null;
    panel.classList.toggle("kept", isKept);
    if (isKept) button.setAttribute("aria-pressed", "true");
  }

  // One cell is in the order of the Tab key; arrows move between those that count something.
  function enter(button) {
    current.tabIndex = -1;
    current = button;
    current.tabIndex = 0;
  }

  function next(button, down, across) {
    const size = matrix.tBodies[0].rows.length;
    let [row, column] = place(button);
    for (row += down, column += across; row >= 0 && row < size && column >= 0 && column < size; row += down, column += across) {
      if (at(row, column)) return at(row, column);
    }
    return null;
  }

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  for (const button of buttons) {
    button.tabIndex = button === current ? 0 : -1;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-controls", "songs");
    button.addEventListener("mouseenter", () => kept || show(button));
    button.addEventListener("focus", () => {
      enter(button);
      if (!kept) show(button);
    });
    button.addEventListener("click", event => {
      const isKept = kept !== button;
      keep(button, isKept);
      show(button);
      if (isKept && event.detail === 0) panel.focus();
    });
    button.addEventListener("keydown", event => {
      const step = steps[event.key], to = step && next(button, ...step);
      if (step) event.preventDefault();
      if (to) to.focus();
      if (event.key === "Escape") keep(button, false);
    });
  }
  panel.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !kept) return;
    const button = kept;
    keep(button, false);
    button.focus();
  });
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
const matrix = document.getElementById("matrix"), songs = document.getElementById("song-data");
if (matrix && songs) makeMatrix(matrix, JSON.parse(songs.textContent));

// What is wider than the page scrolls, also with the keys.
const scrollers = [...document.querySelectorAll(".scroll")];
function reach(scroller) {
  if (scroller.scrollWidth <= scroller.clientWidth) {
    ["tabindex", "role", "aria-label"].forEach(name => scroller.removeAttribute(name));
    return;
  }
  const caption = scroller.querySelector("caption, title");
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", caption ? caption.textContent : "Table");
}
const widths = new ResizeObserver(entries => entries.forEach(entry => reach(entry.target)));
scrollers.forEach(scroller => widths.observe(scroller));

// Paper has nothing to open: what is folded is printed, and folded again.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach(d => { d.open = true; });
});
addEventListener("afterprint", () => opened.forEach(d => { d.open = false; }));
