// One filter for leaderboard and plots: the fields set it, and so do the brushes.
const filters = document.getElementById("filters");
const brushes = [...document.querySelectorAll(".brush")];
const number = (name) => {
  const text = filters?.elements[name]?.value ?? "";
  return text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text);
};
const within = (value, from, to) => value !== null
  && (from === null || value >= from) && (to === null || value <= to);
// An axis keeps its brush as [low, high] in its own units, or null.
const brushed = new Map(brushes.map((brush) => [brush, null]));
const valueOn = (brush, configuration) => {
  if (brush.dataset.kind === "setting") return configuration.levels[Number(brush.dataset.setting)];
  if (brush.dataset.kind === "accuracy") return configuration.accuracy;
  return configuration.multiply_adds === null ? null : Math.log10(Math.max(1, configuration.multiply_adds));
};
const passes = (configuration, group) => {
  for (const fieldset of filters?.querySelectorAll("fieldset[data-setting]") ?? []) {
    const level = configuration.levels[Number(fieldset.dataset.setting)];
    const box = fieldset.querySelector(`input[value="${level}"]`);
    if (box !== null && !box.checked) return false;
    const [from, to] = [...fieldset.querySelectorAll("select")].map((select) => Number(select.value));
    if (from !== undefined && level >= 0 && !within(level, from, to)) return false;
  }
  const limits = [number("accuracy-from"), number("accuracy-to")];
  if (limits.some((limit) => limit !== null)
    && !within(configuration.accuracy * 100, ...limits)) return false;
  const costs = [number("cost-from"), number("cost-to")];
  const cost = configuration.multiply_adds === null ? null : configuration.multiply_adds / 1e6;
  if (costs.some((limit) => limit !== null) && !within(cost, ...costs)) return false;
  const verdict = filters?.elements.verdict?.value ?? "";
  if (verdict !== "" && !group?.classList.contains(verdict)) return false;
  for (const [brush, range] of brushed) {
    if (range !== null && !within(valueOn(brush, configuration), ...range)) return false;
  }
  return true;
};
// Rows that go must not move the plots below under the pointer that brushes them.
const box = leaderboard?.closest(".scroll");
if (box) box.style.minHeight = `${box.offsetHeight}px`;
const applyFilter = () => {
  let shown = 0;
  sweep.configurations.forEach((configuration, place) => {
    const elements = marked.get(String(place)) ?? [];
    const group = elements.find((element) => element.matches("tbody"));
    const on = passes(configuration, group);
    shown += Number(on);
    for (const element of elements) element.classList.toggle("off", !on);
  });
  if (filters !== null) {
    filters.elements.shown.value = `${shown} of ${sweep.configurations.length} shown`;
  }
};
filters?.addEventListener("input", applyFilter);
filters?.addEventListener("submit", (event) => event.preventDefault());
filters?.addEventListener("reset", () => {
  for (const brush of brushes) setBrush(brush, null);
  // The fields have their first values only after this event.
  setTimeout(applyFilter);
});
const setBrush = (brush, range) => {
  brushed.set(brush, range);
  const { top, bottom, low, high } = Object.fromEntries(
    Object.entries(brush.dataset).map(([key, text]) => [key, Number(text)]));
  const selection = brush.querySelector(".selection");
  const y = (value) => bottom - (bottom - top) * Math.min(1, Math.max(0, (value - low) / (high - low)));
  selection.setAttribute("y", range === null ? top : y(range[1]));
  selection.setAttribute("height", range === null ? 0 : Math.max(2, y(range[0]) - y(range[1])));
};
for (const brush of brushes) {
  const svg = brush.ownerSVGElement;
  const { top, bottom, low, high } = Object.fromEntries(
    Object.entries(brush.dataset).map(([key, text]) => [key, Number(text)]));
  const valueAt = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return low + (high - low) * (bottom - point.y) / (bottom - top);
  };
  let start = null;
  const hit = brush.querySelector(".hit");
  hit.addEventListener("pointerdown", (event) => {
    start = valueAt(event);
    hit.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  hit.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const now = valueAt(event);
    setBrush(brush, [Math.min(start, now), Math.max(start, now)]);
    applyFilter();
  });
  const end = (event) => {
    if (start === null) return;
    const moved = Math.abs(valueAt(event) - start);
    if (moved < (high - low) * 0.01) setBrush(brush, null);
    start = null;
    applyFilter();
  };
  hit.addEventListener("pointerup", end);
  hit.addEventListener("pointercancel", end);
}
applyFilter();
