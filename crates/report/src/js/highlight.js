// Rows, curves, lines and points of one configuration light up together.
const marked = new Map();
const keep = (configuration, element) => {
  const same = marked.get(configuration) ?? [];
  marked.set(configuration, same.concat(element));
};
const configurationOf = new Map();
sweep.configurations.forEach((configuration, place) => {
  for (const trial of configuration.trials) configurationOf.set(String(trial), String(place));
});
for (const element of document.querySelectorAll("[data-c]")) keep(element.dataset.c, element);
for (const curve of document.querySelectorAll(".curve[data-trial]")) {
  keep(configurationOf.get(curve.dataset.trial) ?? `trial ${curve.dataset.trial}`, curve);
}
const light = (configuration, on) => {
  for (const element of marked.get(configuration) ?? []) {
    element.classList.toggle("lit", on);
    // Moved to the top once only: each move makes the browser report the pointer again.
    const drawn = element.matches(".curve, .line, .point");
    if (on && drawn && element.dataset.lifted === undefined) {
      element.dataset.lifted = "";
      element.parentNode.insertBefore(element, element.parentNode.querySelector(":scope > .brush"));
    }
  }
};
for (const [configuration, elements] of marked) {
  for (const element of elements) {
    element.addEventListener("pointerenter", () => light(configuration, true));
    element.addEventListener("pointerleave", () => light(configuration, false));
    if (element.matches("tbody")) {
      element.addEventListener("focusin", () => light(configuration, true));
      element.addEventListener("focusout", () => light(configuration, false));
    }
  }
}
