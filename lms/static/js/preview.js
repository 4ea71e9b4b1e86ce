// Asks every second whether a file was saved, and then loads the page again; the browser goes back to
// the place where it was. Without this file, the link "Look again" does the same.

const PAUSE_MS = 1000;
const TIMEOUT_MS = 5000;

const bar = document.querySelector("[data-changes]");
const fault = bar.querySelector("[data-fault]");

function say(text) {
  if (fault.textContent !== text) fault.textContent = text;
}

async function ask() {
  try {
    const answer = await fetch(bar.dataset.changes, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.ok && (await answer.text()) !== bar.dataset.state) {
      location.reload();
      return;
    }
    say("");
  } catch {
    say("The preview has stopped. This page shows what was last saved before.");
  }
  setTimeout(ask, PAUSE_MS);
}

bar.querySelector("[data-live]").hidden = false;
setTimeout(ask, PAUSE_MS);
