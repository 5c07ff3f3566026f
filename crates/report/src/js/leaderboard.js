// Seeds that fold out, and columns that can be hidden.
const leaderboard = document.querySelector("table.leaderboard");
for (const fold of leaderboard?.querySelectorAll("button.fold") ?? []) {
  const group = fold.closest("tbody");
  fold.addEventListener("click", () => {
    const open = group.classList.toggle("open");
    fold.setAttribute("aria-expanded", String(open));
  });
}
for (const box of document.querySelectorAll("input[data-column]")) {
  const show = () => leaderboard.classList.toggle(`hide-${box.dataset.column}`, !box.checked);
  box.addEventListener("change", show);
  // The browser may remember boxes from before the page was loaded again.
  show();
}
