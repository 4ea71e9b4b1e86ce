// The clock of a timed attempt. It only shows the time: the server decides by its own clock.
//
// It tells the form when the time is up, and says aloud when little of it is left.

const ANNOUNCED_SECONDS = [300, 60];

const form = document.getElementById("attempt-form");
const line = form.querySelector("[data-time-left]");
const clock = form.querySelector("[data-clock]");
const said = form.querySelector("[data-time-said]");

const secondsAtStart = Number(form.dataset.secondsLeft);
// The wall clock and not the page's own, which stands still while a phone sleeps.
const endsAt = Date.now() + secondsAtStart * 1000;
const unsaid = ANNOUNCED_SECONDS.filter((seconds) => seconds < secondsAtStart);
let timer = 0;

function tick() {
  const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
  clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  line.classList.toggle("is-short", left <= ANNOUNCED_SECONDS.at(-1));
  if (unsaid.length && left <= unsaid[0]) {
    said.textContent = `${Math.round(unsaid.shift() / 60)} min left`;
  }
  if (left > 0) return;
  clearInterval(timer);
  form.dispatchEvent(new Event("timeup"));
}

line.hidden = false;
timer = setInterval(tick, 500);
tick();
