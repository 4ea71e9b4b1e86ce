// Keeps a form that cannot be sent: without a connection a browser would leave the page for one of its
// own, and what was typed would be gone with the way back. Without this file that is what happens.

const WORDS =
  "You are offline. Nothing was sent, and what you entered is still here. Try again when you are connected.";

document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented) return;
  event.preventDefault();
  let note = event.target.querySelector("[data-offline]");
  if (!note) {
    note = document.createElement("p");
    note.dataset.offline = "";
    note.className = "alert alert-warning mt-3 mb-0";
    note.setAttribute("role", "alert");
    event.target.append(note);
  }
  // Said again each time, and not only the first.
  note.textContent = "";
  note.textContent = WORDS;
});

addEventListener("online", () => {
  for (const note of document.querySelectorAll("[data-offline]")) note.remove();
});
