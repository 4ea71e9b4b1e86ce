// Saves each answer of an attempt as it is given, and says truthfully whether it is saved.
//
// One save is under way at a time, so that answers arrive in the order they were given. What is not
// yet saved stays in this browser's storage and is sent again after a reload. Without this file the
// page is one plain form that does the same with its two buttons.

const TYPING_PAUSE_MS = 600;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 15000;
const TIMEOUT_MS = 10000;

const form = document.getElementById("attempt-form");
const stateLine = form.querySelector("[data-state]");
const answeredCount = form.querySelector("[data-answered]");
const storageKey = `rounds-attempt-${form.dataset.attempt}`;

const waiting = new Map(); // question id → values, oldest first
const typingTimers = new Map();
let sequence = 0;
let saving = null; // the question whose answer is under way
let retryTimer = 0;
let retryDelay = FIRST_RETRY_MS;
let leaving = false;

const fieldsets = new Map(
  [...form.querySelectorAll("[data-question]")].map((set) => [set.dataset.question, set]),
);

const inputsOf = (question) => [
  ...fieldsets.get(question).querySelectorAll(`[name="answer-${CSS.escape(question)}"]`),
];
const savedFieldOf = (question) =>
  fieldsets.get(question).querySelector(`[name="saved-${CSS.escape(question)}"]`);

const isTickable = (input) => input.type === "radio" || input.type === "checkbox";

// What a plain form would send. Blank fields keep their place: with several of them it tells them apart.
function valuesOf(question) {
  const values = inputsOf(question)
    .filter((input) => !isTickable(input) || input.checked)
    .map((input) => input.value);
  return values.some((value) => value.trim() !== "") ? values : [];
}

// Puts back what `valuesOf` gave: first what was ticked, then what the other fields held, in order.
function putBack(question, values) {
  const inputs = inputsOf(question);
  const fields = inputs.filter((input) => !isTickable(input));
  const ticked = values.slice(0, Math.max(0, values.length - fields.length));
  const held = values.slice(ticked.length);
  for (const input of inputs.filter(isTickable)) input.checked = ticked.includes(input.value);
  fields.forEach((field, index) => {
    field.value = held[index] ?? "";
  });
}

// An answer is there with one value, unless the question says that it takes more.
function isAnswered(question) {
  const needed = fieldsets.get(question).querySelector("[data-values-needed]")?.dataset.valuesNeeded ?? 1;
  return valuesOf(question).filter((value) => value.trim() !== "").length >= Number(needed);
}

function note(question, text, failed = false) {
  const line = fieldsets.get(question).querySelector("[data-note]");
  line.textContent = text;
  line.classList.toggle("is-failed", failed);
}

function say(text, failed = false) {
  if (stateLine.textContent !== text) stateLine.textContent = text;
  stateLine.classList.toggle("is-failed", failed);
}

function keep() {
  try {
    const unsaved = Object.fromEntries(
      [...waiting].map(([question, values]) => [
        question,
        { values, was: savedFieldOf(question).value },
      ]),
    );
    if (waiting.size) localStorage.setItem(storageKey, JSON.stringify(unsaved));
    else localStorage.removeItem(storageKey);
  } catch {
    // Storage may be full or forbidden: the server's copy is the one that counts.
  }
}

function count() {
  answeredCount.textContent = [...fieldsets.keys()].filter(isAnswered).length;
}

function changed(question) {
  clearTimeout(typingTimers.get(question));
  typingTimers.delete(question);
  waiting.delete(question);
  waiting.set(question, valuesOf(question));
  keep();
  count();
  note(question, "Saving …");
  say("Saving …");
  sendNext();
}

async function sendNext() {
  if (saving !== null || waiting.size === 0 || leaving) return;
  clearTimeout(retryTimer);
  const [question, values] = waiting.entries().next().value;
  saving = question;
  let outcome;
  try {
    const answer = await fetch(form.dataset.save, request(question, values));
    outcome = await settle(question, values, answer);
  } catch {
    outcome = "Not saved, trying again";
  }
  saving = null;
  if (outcome) {
    note(question, outcome, true);
    say(outcome, true);
    retryTimer = setTimeout(sendNext, retryDelay);
    retryDelay = Math.min(retryDelay * 2, LONGEST_RETRY_MS);
    return;
  }
  retryDelay = FIRST_RETRY_MS;
  if (waiting.size) sendNext();
  else say("All answers saved");
}

function request(question, values, more = {}) {
  sequence += 1;
  const body = new URLSearchParams({
    csrf_token: form.elements.csrf_token.value,
    question,
    page: form.dataset.page,
    sequence: String(sequence),
  });
  for (const value of values) body.append("value", value);
  return {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...more,
  };
}

// Deals with the server's answer: nothing when it is saved, otherwise what to tell the learner.
async function settle(question, values, answer) {
  if (answer.status === 409) {
    leave();
    location.assign((await answer.json()).result);
    return "This attempt has been submitted";
  }
  if (answer.status === 422) {
    const said = await answer.json();
    if (waiting.get(question) === values) waiting.delete(question);
    keep();
    note(question, said.message, true);
    say("One answer is not saved", true);
    return "";
  }
  if (answer.status === 400 || answer.status === 401) {
    await renewToken();
    return "Not saved: please sign in again in another tab, this page goes on trying";
  }
  if (!answer.ok) return "Not saved, trying again";
  const said = await answer.json();
  savedFieldOf(question).value = said.value;
  if (waiting.get(question) === values) {
    waiting.delete(question);
    if (values.length === 0) note(question, "Cleared");
    else note(question, said.answered ? "Saved" : "Saved so far");
  }
  keep();
  return "";
}

// After a new sign-in the page's form token is out of date: take the fresh one from the page itself.
async function renewToken() {
  const answer = await fetch(location.href, { redirect: "follow", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#attempt-form [name=csrf_token]");
  if (fresh) form.elements.csrf_token.value = fresh.value;
}

function leave() {
  leaving = true;
  clearTimeout(retryTimer);
}

function restore() {
  let unsaved = {};
  try {
    unsaved = JSON.parse(localStorage.getItem(storageKey) ?? "{}");
  } catch {
    return;
  }
  for (const [question, { values, was }] of Object.entries(unsaved)) {
    // Something newer was saved from elsewhere in the meantime: that one stands.
    if (!fieldsets.has(question) || savedFieldOf(question).value !== was) continue;
    putBack(question, values);
    changed(question);
  }
  keep();
}

form.addEventListener("change", (event) => {
  const set = event.target.closest("[data-question]");
  if (set && event.target.name.startsWith("answer-")) changed(set.dataset.question);
});

form.addEventListener("input", (event) => {
  const set = event.target.closest("[data-question]");
  if (!set || isTickable(event.target)) return;
  const question = set.dataset.question;
  clearTimeout(typingTimers.get(question));
  typingTimers.set(question, setTimeout(() => changed(question), TYPING_PAUSE_MS));
  note(question, "");
});

form.addEventListener("submit", (event) => {
  if (leaving) {
    event.preventDefault();
    return;
  }
  if (!navigator.onLine) {
    event.preventDefault();
    say("You are offline: nothing was submitted, your answers are kept", true);
    return;
  }
  leave();
});

addEventListener("online", () => sendNext());

addEventListener("pagehide", () => {
  for (const question of typingTimers.keys()) waiting.set(question, valuesOf(question));
  if (leaving || waiting.size === 0) return;
  keep();
  for (const [question, values] of waiting) {
    fetch(form.dataset.save, request(question, values, { keepalive: true, signal: undefined })).catch(() => {});
  }
});

addEventListener("pageshow", (event) => {
  // Back from the result page: the browser may show this form as it was left, with old answers.
  if (event.persisted) location.reload();
});

restore();

// The form brings every answer along, saved before or not.
function sendInTime() {
  if (leaving) return;
  if (!navigator.onLine) {
    say("Time is up, and there is no connection: what was saved is graded", true);
    addEventListener("online", sendInTime, { once: true });
    return;
  }
  leave();
  say("Time is up: your answers are being sent");
  const action = document.createElement("input");
  Object.assign(action, { type: "hidden", name: "action", value: "submit-anyway" });
  form.append(action);
  form.submit();
}

form.addEventListener("timeup", sendInTime);
