// Makes a list to move about of the numbered lists to choose from that an ordering question has.
//
// The lists stay in the form, out of sight, and hold the answer. As long as nothing was moved they
// are as the page brought them, so that an order nobody gave is not an answer. Items are moved with
// buttons, or dragged by their handles; every move is told to screen readers.

function makeButton(label, sign) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary ordering-button";
  button.setAttribute("aria-label", label);
  button.textContent = sign;
  return button;
}

function enhance(ordering) {
  const list = ordering.querySelector("[data-items]");
  const places = ordering.querySelector("[data-places]");
  const fields = [...places.querySelectorAll("select")];
  const said = document.createElement("p");
  const untouched = document.createElement("div");

  const items = () => [...list.children];
  const isAnswered = () =>
    new Set(fields.map((field) => field.value).filter((text) => text !== "")).size === fields.length;

  function showState() {
    untouched.hidden = isAnswered();
    list.classList.toggle("is-answered", isAnswered());
    items().forEach((item, index) => {
      const [up, down] = item.querySelectorAll("button");
      up.setAttribute("aria-disabled", String(index === 0));
      down.setAttribute("aria-disabled", String(index === fields.length - 1));
    });
  }

  // Writes the order shown into the form, where the page's saving finds it.
  function settle() {
    items().forEach((item, index) => {
      fields[index].value = item.dataset.text;
    });
    fields[0].dispatchEvent(new Event("change", { bubbles: true }));
    showState();
  }

  function tell(item) {
    said.textContent = `${item.dataset.text}: place ${items().indexOf(item) + 1} of ${fields.length}`;
  }

  // The neighbour is moved, not the item: what has the focus or the pointer stays where it is.
  function step(item, isUp) {
    const neighbour = isUp ? item.previousElementSibling : item.nextElementSibling;
    if (neighbour === null) return;
    if (isUp) item.after(neighbour);
    else item.before(neighbour);
    settle();
    tell(item);
  }

  function addHandle(item) {
    const handle = document.createElement("span");
    handle.className = "ordering-handle";
    handle.setAttribute("aria-hidden", "true");
    let before = null; // the order when the dragging began

    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      before = items();
      item.classList.add("is-dragged");
    });
    handle.addEventListener("pointermove", (event) => {
      if (before === null) return;
      const middle = (other) => {
        const box = other.getBoundingClientRect();
        return box.top + box.height / 2;
      };
      const previous = item.previousElementSibling;
      const next = item.nextElementSibling;
      if (previous !== null && event.clientY < middle(previous)) item.after(previous);
      else if (next !== null && event.clientY > middle(next)) item.before(next);
    });
    handle.addEventListener("lostpointercapture", () => {
      item.classList.remove("is-dragged");
      const hasMoved = items().some((other, index) => other !== before[index]);
      before = null;
      if (!hasMoved) return;
      settle();
      tell(item);
    });
    item.prepend(handle);
  }

  function addButtons(item) {
    const up = makeButton(`Move up: ${item.dataset.text}`, "↑");
    const down = makeButton(`Move down: ${item.dataset.text}`, "↓");
    up.addEventListener("click", () => step(item, true));
    down.addEventListener("click", () => step(item, false));
    const buttons = document.createElement("span");
    buttons.className = "ordering-buttons";
    buttons.append(up, down);
    item.append(buttons);
  }

  function addUntouched() {
    const keep = makeButton("", "Keep this order");
    keep.removeAttribute("aria-label");
    keep.addEventListener("click", () => {
      settle();
      said.textContent = "This order is your answer.";
      list.focus();
    });
    untouched.className = "ordering-untouched";
    untouched.append("This order is not your answer yet: move an item, or ", keep);
    list.after(untouched);
  }

  // What was answered before stands in its places; what was not comes after it.
  const given = fields.map((field) => field.value);
  const rank = (item) => {
    const place = given.indexOf(item.dataset.text);
    return place < 0 ? given.length : place;
  };
  list.append(...items().sort((one, other) => rank(one) - rank(other)));

  said.className = "visually-hidden";
  said.setAttribute("aria-live", "polite");
  list.tabIndex = -1;
  list.classList.add("is-sortable");
  for (const item of items()) {
    addHandle(item);
    addButtons(item);
  }
  addUntouched();
  ordering.append(said);
  places.hidden = true;
  showState();
}

for (const ordering of document.querySelectorAll("[data-ordering]")) enhance(ordering);
