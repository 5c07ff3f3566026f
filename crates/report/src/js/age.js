// How old the page is.
for (const time of document.querySelectorAll("time[datetime]")) {
  const made = Date.parse(time.dateTime);
  const show = () => {
    const minutes = Math.floor((Date.now() - made) / 60000);
    const [count, unit] = minutes < 60 ? [minutes, "minute"]
      : minutes < 48 * 60 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
    time.nextElementSibling.textContent = minutes < 1 ? "just now" : `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  };
  show();
  setInterval(show, 30000);
}
