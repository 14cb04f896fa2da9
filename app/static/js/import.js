// Sending a workbook: a bar while it travels and is read, and a refusal said beside the file that was chosen.
// Without this script the same form is sent as it is, and the answer is a page.

const LARGEST = 5 * 1024 * 1024;

function refuse(form, message, help = "") {
  const box = spot(form, "upload-error");
  box.className = "upload-error message message-danger";
  box.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.className = "message-body";
  for (const [name, text] of [["message-title", message], ["", help]]) {
    if (!text) continue;
    const line = document.createElement("p");
    if (name) line.className = name;
    line.textContent = text;
    body.append(line);
  }
  box.replaceChildren(body);
}

function spot(form, name) {
  let box = form.querySelector(`.${name}`);
  if (!box) {
    box = document.createElement("div");
    box.className = name;
    form.append(box);
  }
  return box;
}

function clear(form) {
  form.querySelector(".upload-error")?.remove();
  form.querySelector(".upload-progress")?.remove();
}

function bar(form) {
  const box = spot(form, "upload-progress");
  const words = document.createElement("p");
  words.className = "progress-words";
  words.setAttribute("role", "status");
  const progress = document.createElement("progress");
  progress.className = "progress-bar-native";
  progress.max = 100;
  progress.setAttribute("aria-label", "Envoi du classeur");
  box.replaceChildren(words, progress);
  return (text, value) => {
    if (words.textContent !== text) words.textContent = text;
    if (value === undefined) progress.removeAttribute("value");
    else progress.value = value;
  };
}

function unsuited(file) {
  if (file.size > LARGEST) return "Ce fichier dépasse 5 Mo : ne gardez que la feuille du mois, sans images, et renvoyez-le.";
  if (file.size === 0) return "Ce fichier est vide : enregistrez-le dans votre tableur, puis choisissez-le à nouveau.";
  return "";
}

// portal.js holds back a form that is marked as sent; after a refusal it may be sent again.
function hold(form, button) {
  form.dataset.sent = "1";
  button?.setAttribute("aria-busy", "true");
  button?.setAttribute("aria-disabled", "true");
}

function revive(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
}

function answered(form, request) {
  let answer = null;
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // a page: an error, or the sign-in
  }
  if (request.status === 200 && answer?.suite) {
    location.assign(answer.suite);
    return;
  }
  form.querySelector(".upload-progress")?.remove();
  revive(form);
  if (answer?.message) refuse(form, answer.message, answer.aide);
  else if (request.status === 413) refuse(form, "Ce fichier dépasse 5 Mo.", "Ne gardez que la feuille du mois, sans images, et renvoyez-le.");
  else if (request.status === 429) refuse(form, "Trop d’envois.", "Patientez une minute, puis renvoyez votre classeur.");
  else if (request.status === 200 || request.status === 400 || request.status === 401)
    refuse(form, "Votre session a pris fin.", "Rechargez la page, reconnectez-vous, puis renvoyez votre classeur.");
  else if (request.status === 403 || request.status === 404)
    refuse(form, "Ce relevé n’est pas accessible avec vos droits.", "Demandez-le à l’administrateur de votre pouvoir organisateur.");
  else refuse(form, "Le portail n’a pas pu lire ce classeur.", "Réessayez ; si cela se répète, contactez le helpdesk.");
}

function send(form) {
  clear(form);
  const request = new XMLHttpRequest();
  const show = bar(form);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    const done = event.lengthComputable ? Math.round((event.loaded / event.total) * 100) : undefined;
    if (done === 100 || done === undefined) show("Lecture du classeur…");
    else show("Envoi du classeur…", done);
  });
  request.upload.addEventListener("load", () => show("Lecture du classeur…"));
  request.addEventListener("load", () => answered(form, request));
  request.addEventListener("error", () => {
    form.querySelector(".upload-progress")?.remove();
    revive(form);
    refuse(form, "Le portail ne répond pas.", "Vérifiez votre connexion à internet, puis renvoyez votre classeur.");
  });
  show("Envoi du classeur…", 0);
  request.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // Prevented: held by another part of the page (a save on its way), or sent already.
  if (!form.matches("[data-upload]") || event.defaultPrevented) return;
  event.preventDefault();
  const file = form.querySelector('input[type="file"]').files[0];
  if (!file) return;
  const wrong = unsuited(file);
  if (wrong) {
    clear(form);
    refuse(form, wrong);
    return;
  }
  hold(form, event.submitter);
  send(form);
});

// Chosen anew: what was wrong with the file before says nothing of this one.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-upload]");
  if (form && event.target.matches('input[type="file"]')) clear(form);
});
