"use strict";
// Sends files one after the other, and follows what becomes of each.

const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const table = document.getElementById("uploads");
const words = { processed: "✓ processed", rejected: "↯ rejected", failed: "✕ failed", running: "… running" };
const kinds = { processed: "good", rejected: "warn", failed: "bad", running: "busy" };
const hidden = new RegExp(form.dataset.hidden, "gu");
let queue = Promise.resolve();

// As ops/pipeline/plain_text.py writes names: no letter of one is hidden or turns what is around it.
function escaped(text) {
  return text.replace(hidden, (letter) => {
    const code = letter.codePointAt(0);
    if (code < 256) return { 9: "\\t", 10: "\\n", 13: "\\r" }[code] || `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 65536 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
}

function cell(row, text, kind) {
  const made = row.insertCell();
  made.textContent = text;
  made.className = kind || "";
  return made;
}

function readable(bytes) {
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (bytes < 1000) return `${unit === "B" ? bytes : bytes.toFixed(1)} ${unit}`;
    bytes /= 1000;
  }
  return `${bytes.toFixed(1)} TB`;
}

function send(key, file, told) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/upload/file?key=${encodeURIComponent(key)}`);
    request.setRequestHeader("X-Tally-Token", document.querySelector("meta[name=tally-token]").content);
    request.responseType = "json";
    request.upload.onprogress = (event) => told(event.loaded, event.total);
    request.onload = () => done(request.response || { problem: `refused (${request.status})` });
    request.onerror = () => done({ problem: "no answer from the console" });
    request.send(file);
  });
}

async function follow(stored, became) {
  const query = new URLSearchParams({ key: stored.key, version: stored.version });
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`/upload/status?${query}`).catch(() => null);
    const found = answer && answer.ok ? await answer.json() : {};
    if (found.became) {
      const link = document.createElement("a");
      link.href = found.href;
      link.textContent = words[found.became] || found.became;
      link.className = `badge ${kinds[found.became] || ""}`;
      became.replaceChildren(link);
      if (found.became !== "running") return;
    }
    await new Promise((done) => setTimeout(done, tries < 20 ? 400 : 2000));
  }
}

function add(file) {
  const prefix = form.elements.prefix.value.replace(/^\/+/, "");
  const key = prefix + file.name;
  table.hidden = false;
  const row = table.tBodies[0].insertRow(0);
  cell(row, escaped(key), "key");
  cell(row, readable(file.size), "n");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Progress of ${escaped(key)}`);
  const progress = cell(row, "");
  progress.append(bar);
  const became = cell(row, "");
  queue = queue.then(async () => {
    const stored = await send(key, file, (sent, total) => (bar.value = total ? sent / total : 1));
    progress.textContent = stored.problem || "stored";
    progress.className = stored.problem ? "bad" : "";
    if (!stored.problem) follow(stored, became);
  });
}

form.addEventListener("submit", (event) => event.preventDefault());
form.elements.files.addEventListener("change", (event) => {
  for (const file of event.target.files) add(file);
  event.target.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  for (const file of event.dataTransfer.files) add(file);
});
