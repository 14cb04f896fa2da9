// The access tree: a button above each column ticks it whole, typing a day chooses the period.

for (const header of document.querySelectorAll("[data-column]")) {
  const boxes = [...document.querySelectorAll(`input[value^="${header.dataset.column}-f"]:not(:disabled)`)];
  if (boxes.length < 2) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link btn-sm";
  const say = () => {
    button.textContent = boxes.every((box) => box.checked) ? "Tout décocher" : "Tout cocher";
    button.setAttribute("aria-label", `${button.textContent} : ${header.firstChild.textContent}`);
  };
  button.addEventListener("click", () => {
    const ticked = !boxes.every((box) => box.checked);
    for (const box of boxes) {
      if (box.checked === ticked) continue;
      box.checked = ticked;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    say();
  });
  for (const box of boxes) box.addEventListener("change", say);
  say();
  header.append(document.createElement("br"), button);
}

for (const day of document.querySelectorAll(".access-period .access-day input")) {
  day.addEventListener("input", () => {
    document.getElementById("duree-periode").checked = true;
  });
}
