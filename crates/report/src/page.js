"use strict";
// The page is complete without this: headers that sort, and curves that light up with their row.
for (const table of document.querySelectorAll("table.sortable")) {
  const headers = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number"
    ? a - b : String(a).localeCompare(String(b)));
  headers.forEach((header, column) => {
    if (header.dataset.sort === undefined) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const now = header.getAttribute("aria-sort");
      const next = now === "ascending" ? "descending"
        : now === "descending" ? "ascending" : header.dataset.sort;
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", next);
      const sign = next === "ascending" ? 1 : -1;
      const rows = [...body.rows];
      rows.sort((a, b) => sign * compare(value(a, column), value(b, column)));
      body.append(...rows);
    });
  });
}
const curves = new Map();
for (const curve of document.querySelectorAll(".plot [data-trial]")) {
  const same = curves.get(curve.dataset.trial) ?? [];
  curves.set(curve.dataset.trial, same.concat(curve));
}
const rows = new Map();
const light = (trial, on) => {
  for (const curve of curves.get(trial) ?? []) {
    curve.classList.toggle("lit", on);
    // Moved to the top once only: each move makes the browser report the pointer again.
    if (on && curve.parentNode.lastElementChild !== curve) curve.parentNode.append(curve);
  }
  rows.get(trial)?.classList.toggle("lit", on);
};
for (const row of document.querySelectorAll("tr[data-trial]")) rows.set(row.dataset.trial, row);
for (const marked of document.querySelectorAll("[data-trial]")) {
  marked.addEventListener("pointerenter", () => light(marked.dataset.trial, true));
  marked.addEventListener("pointerleave", () => light(marked.dataset.trial, false));
}
