// Labels are corrected and photographs checked; those that are checked become a CSV.
const sheet = document.querySelector(".sheet");
const columns = JSON.parse(sheet.dataset.columns);
const cards = [...sheet.children].map((element) => ({
  element,
  path: JSON.parse(element.dataset.path),
  box: element.querySelector("input"),
  choices: [...element.querySelectorAll("select")].map((select) => (
    { select, found: select.querySelector("[selected]").value })),
}));
const cardOf = new Map(cards.map((card) => [card.element, card]));
const [progress, unsaved, onlyReview, checkAll, undo, save] = ["progress", "unsaved", "review", "check", "undo", "save"]
  .map((part) => document.getElementById(`sheet-${part}`));
const shown = () => cards.filter((card) => !onlyReview.checked || card.element.matches(".review"));
const isCorrected = ({ select, found }) => select.value !== found;

const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text);
const line = (texts) => `${texts.map(field).join(",")}\r\n`;
const asCsv = (photographs) => [
  line(["path", ...columns]),
  ...photographs.map(({ path, choices }) => line([path, ...choices.map(({ select }) => select.value)])),
].join("");

// What was saved last, and what the last click on "all shown" has checked.
let saved = asCsv([]);
const checkedTogether = new Set();
const tell = () => {
  const checked = cards.filter((card) => card.box.checked);
  const corrected = checked.filter((card) => card.choices.some(isCorrected));
  const open = shown().filter((card) => !card.box.checked);
  progress.value = `${checked.length} of ${cards.length} checked · ${corrected.length} corrected`;
  unsaved.hidden = asCsv(checked) === saved;
  sheet.classList.toggle("only-review", onlyReview.checked);
  checkAll.textContent = `Mark all ${shown().length} shown as checked`;
  checkAll.disabled = open.length === 0;
  undo.hidden = checkedTogether.size === 0;
  undo.textContent = `Undo for ${checkedTogether.size}`;
  save.disabled = checked.length === 0;
};
const lookAt = (card) => {
  for (const choice of card.choices) choice.select.parentElement.classList.toggle("corrected", isCorrected(choice));
};

sheet.addEventListener("change", (event) => {
  const card = cardOf.get(event.target.closest(".photograph"));
  if (event.target !== card.box) card.box.checked = true;
  checkedTogether.delete(card);
  lookAt(card);
  tell();
});
sheet.addEventListener("click", (event) => {
  if (event.target.matches("img")) cardOf.get(event.target.closest(".photograph")).box.click();
});
onlyReview.addEventListener("change", tell);
checkAll.addEventListener("click", () => {
  checkedTogether.clear();
  for (const card of shown()) {
    if (!card.box.checked) checkedTogether.add(card);
    card.box.checked = true;
  }
  tell();
});
undo.addEventListener("click", () => {
  for (const card of checkedTogether) card.box.checked = false;
  checkedTogether.clear();
  tell();
  // The button that had the focus is gone.
  checkAll.focus();
});

const download = Object.assign(document.createElement("a"), { download: "corrections.csv" });
save.addEventListener("click", () => {
  saved = asCsv(cards.filter((card) => card.box.checked));
  // Of the download before, which has ended by now; of this one the browser may need it still.
  URL.revokeObjectURL(download.href);
  download.href = URL.createObjectURL(new Blob([saved], { type: "text/csv;charset=utf-8" }));
  download.click();
  tell();
});
addEventListener("beforeunload", (event) => {
  if (!unsaved.hidden) event.preventDefault();
});
const lookAtAll = () => {
  cards.forEach(lookAt);
  tell();
};
lookAtAll();
// The browser may bring back what was chosen before the page was loaded again.
addEventListener("pageshow", lookAtAll);
