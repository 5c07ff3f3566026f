// Headings that sort their table. Rows below the first of a tbody go where that one goes.
for (const table of document.querySelectorAll("table.sortable")) {
  const headers = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text === "" || text === "–" || Number.isNaN(Number(text)) ? text : Number(text);
  };
  const isUnknown = (key) => key === "" || key === "–";
  // Numbers come before texts.
  const compare = (a, b) => (typeof a !== typeof b ? (typeof a === "number" ? -1 : 1)
    : typeof a === "number" ? a - b : a.localeCompare(b));
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
      const grouped = table.matches(".leaderboard");
      const items = grouped ? [...table.tBodies] : [...table.tBodies[0].rows];
      const keyed = items.map((item) => [value(grouped ? item.rows[0] : item, column), item]);
      keyed.sort(([a], [b]) => {
        if (isUnknown(a) || isUnknown(b)) return isUnknown(a) - isUnknown(b);
        return sign * compare(a, b);
      });
      (grouped ? table : table.tBodies[0]).append(...keyed.map(([, item]) => item));
    });
  });
}
