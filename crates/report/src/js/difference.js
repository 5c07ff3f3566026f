// The difference of the confusion matrices of two trials, and the photographs behind each cell.
const MOST_PICTURES = 60;
const difference = document.getElementById("difference");
const predictedBy = (rank) => {
  const text = sweep.trials[rank].predicted;
  return sweep.pictures.map((_, picture) =>
    parseInt(text.slice(picture * sweep.digits, (picture + 1) * sweep.digits), 36));
};
const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
// The pictures of each photograph: a mirrored copy is no photograph of its own.
const byPhotograph = new Map();
sweep.pictures.forEach(([photograph], picture) => {
  const same = byPhotograph.get(photograph) ?? [];
  same.push(picture);
  byPhotograph.set(photograph, same);
});
// Cells by key, each with its counts and the photographs that have more pictures there by one trial than by the other;
// and the same for right answers as a whole. One pass: most cells have no photograph.
const compareAnswers = (a, b) => {
  const classes = sweep.classes.length;
  const nothing = () => ({ inA: 0, inB: 0, onlyA: 0, onlyB: 0 });
  const cells = new Map();
  const whole = nothing();
  const add = (sum, inA, inB) => {
    sum.inA += inA;
    sum.inB += inB;
    sum.onlyA += Number(inA > inB);
    sum.onlyB += Number(inB > inA);
  };
  for (const pictures of byPhotograph.values()) {
    const truth = sweep.pictures[pictures[0]][1];
    const counts = new Map();
    for (const picture of pictures) {
      for (const [answers, side] of [[a, 0], [b, 1]]) {
        const count = counts.get(answers[picture]) ?? [0, 0];
        count[side] += 1;
        counts.set(answers[picture], count);
      }
    }
    for (const [predicted, [inA, inB]] of counts) {
      const key = truth * classes + predicted;
      if (!cells.has(key)) cells.set(key, nothing());
      add(cells.get(key), inA, inB);
      if (predicted === truth) add(whole, inA, inB);
    }
  }
  return { cells, whole, nothing };
};
const pText = (p) => (p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`);
const signed = (change) => (change > 0 ? `+${change}` : change < 0 ? `−${-change}` : "0");

const showPhotographs = (a, b, truth, predicted) => {
  const place = difference.querySelector(".cell-photographs");
  place.replaceChildren();
  const name = (answer) => sweep.classes[answer];
  const heading = element("h3", truth === predicted
    ? `${name(truth)}, told right` : `${name(truth)}, taken for ${name(predicted)}`, { tabindex: "-1" });
  place.append(heading);
  const groups = [
    ["only by the second trial", (inA, inB) => !inA && inB],
    ["only by the first trial", (inA, inB) => inA && !inB],
    ["by both", (inA, inB) => inA && inB],
  ];
  for (const [words, belongs] of groups) {
    const pictures = sweep.pictures.map((_, picture) => picture).filter((picture) =>
      sweep.pictures[picture][1] === truth && belongs(a[picture] === predicted, b[picture] === predicted));
    place.append(element("h4", `${words}: ${pictures.length}`));
    const list = element("ul", undefined, { class: "pictures" });
    for (const picture of pictures.slice(0, MOST_PICTURES)) {
      const [photograph, , mirrored] = sweep.pictures[picture];
      const { path = `photograph ${photograph}`, jpeg } = sweep.photographs[photograph] ?? {};
      const figure = element("figure");
      figure.append(jpeg === undefined ? element("div", "no picture", { class: "no-picture" })
        : element("img", undefined, {
          src: `data:image/jpeg;base64,${jpeg}`, alt: path, ...(mirrored ? { class: "mirrored" } : {}),
        }));
      const caption = element("figcaption");
      caption.append(element("span", `first: ${name(a[picture])}`), element("span", `second: ${name(b[picture])}`));
      if (mirrored) caption.append(element("span", "mirrored", { class: "quiet" }));
      caption.append(element("code", path, { title: path }));
      figure.append(caption);
      const item = element("li");
      item.append(figure);
      list.append(item);
    }
    if (pictures.length > MOST_PICTURES) {
      list.append(element("li", `and ${pictures.length - MOST_PICTURES} more`, { class: "quiet" }));
    }
    if (pictures.length > 0) place.append(list);
  }
  heading.focus({ preventScroll: true });
};

const showDifference = () => {
  const form = difference.querySelector("form");
  const [a, b] = [predictedBy(form.elements.a.value), predictedBy(form.elements.b.value)];
  const classes = sweep.classes.length;
  const { cells: touched, whole, nothing } = compareAnswers(a, b);
  whole.p = mcnemar(whole.onlyA, whole.onlyB);
  difference.querySelector(".result").textContent =
    `${whole.onlyB} photographs the second gets right and the first does not, ${whole.onlyA} the other way round: `
    + `${pText(whole.p)} (exact McNemar test on these two trained models). `
    + (whole.p < 0.05 ? "More than chance." : "The difference may be chance.");
  const cells = [];
  for (let truth = 0; truth < classes; truth += 1) {
    for (let predicted = 0; predicted < classes; predicted += 1) {
      const counts = touched.get(truth * classes + predicted) ?? nothing();
      cells.push({ truth, predicted, ...counts, p: mcnemar(counts.onlyA, counts.onlyB) });
    }
  }
  holm(cells.map((cell) => cell.p)).forEach((p, index) => { cells[index].adjusted = p; });
  const largest = Math.max(1, ...cells.map((cell) => Math.abs(cell.inB - cell.inA)));
  const table = difference.querySelector("table.difference");
  table.classList.toggle("upright", classes > 5);
  const head = element("tr");
  head.append(element("th", "true class", { scope: "col" }));
  for (const name of sweep.classes) {
    const header = element("th", undefined, { scope: "col" });
    header.append(element("span", name));
    head.append(header);
  }
  table.tHead.replaceChildren(head);
  const rows = sweep.classes.map((name, truth) => {
    const row = element("tr");
    row.append(element("th", name, { scope: "row" }));
    for (const cell of cells.slice(truth * classes, (truth + 1) * classes)) {
      const change = cell.inB - cell.inA;
      const isRight = cell.truth === cell.predicted;
      const kind = change === 0 ? "same" : (change > 0) === isRight ? "better" : "worse";
      const beyondChance = cell.adjusted < 0.05;
      const data = element("td", undefined, {
        class: `${kind}${beyondChance ? " significant" : ""}`,
        style: `--strength:${change === 0 ? 0 : (0.1 + 0.5 * Math.abs(change) / largest).toFixed(2)}`,
      });
      const button = element("button", signed(change), {
        type: "button",
        "aria-label": `${name} taken for ${sweep.classes[cell.predicted]}: from ${cell.inA} to ${cell.inB}`
          + `${beyondChance ? ", beyond chance" : ""}; show photographs`,
      });
      button.append(element("small", `${cell.inA} → ${cell.inB}`));
      if (beyondChance) button.append(element("small", pText(cell.adjusted)));
      button.addEventListener("click", () => showPhotographs(a, b, cell.truth, cell.predicted));
      data.append(button);
      row.append(data);
    }
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
  difference.querySelector(".cell-photographs").replaceChildren();
};
if (difference !== null) {
  const form = difference.querySelector("form");
  form.addEventListener("change", showDifference);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.swap.addEventListener("click", () => {
    const { a, b } = form.elements;
    [a.value, b.value] = [b.value, a.value];
    showDifference();
  });
  showDifference();
}
