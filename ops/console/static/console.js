"use strict";
// Fetches the page's `live` part again, and states of a graph without loading the whole page.
// Everything it shows was made and escaped by the server.

const live = document.getElementById("live");
const lost = document.getElementById("lost");
const token = document.querySelector("meta[name=tally-token]").content;
let every = Number(live.dataset.every);
let etag = "";
let timer = 0;
let asked = 0;

function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  becomeInside(live, template.content);
  shownAt = performance.now();
  enhance();
}

// Two digits for every hour, and midnight is 00: locales differ in both.
const CLOCK = {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
};

// What only a script can add: the reader's own time, and buttons that copy.
function enhance() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.title = `${at.toLocaleString([], { timeZoneName: "long" })}`;
    if (!time.classList.contains("both") || !at.getTimezoneOffset()) continue;
    const local = at.toLocaleTimeString([], CLOCK);
    time.textContent = `${time.textContent.split(" · ")[0]} · ${local}`;
  }
  for (const button of document.querySelectorAll("button.copy")) button.hidden = !navigator.clipboard;
}

// Numbers grow older while the page stands open, whether it looks again or not.
let shownAt = performance.now();

function grow() {
  for (const each of document.querySelectorAll(".age[data-age]")) {
    const age = Number(each.dataset.age) + (performance.now() - shownAt) / 1000;
    const old = age > 60;
    const said = old ? `${Math.floor(age / 60)} min ${Math.floor(age % 60)} s` : `${Math.floor(age)} s`;
    each.textContent = `${each.dataset.word} ${said} ago${old ? ": these are old numbers" : ""}`;
    each.classList.toggle("warn", old);
  }
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

// Changes only what differs: focus, selection, places scrolled to, what was opened, stay.
function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const name of new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()])) {
    const value = fresh.getAttribute(name);
    if (old.getAttribute(name) === value || (name === "open" && old.id)) continue;
    if (name === "title" && old.nodeName === "TIME") continue;
    if (value === null) old.removeAttribute(name);
    else old.setAttribute(name, value);
  }
  becomeInside(old, fresh);
}

function becomeInside(old, fresh) {
  let at = old.firstChild;
  for (const each of [...fresh.childNodes]) {
    const same = likeIt(at, each);
    if (!same) {
      old.insertBefore(each, at);
      continue;
    }
    while (at !== same) at = without(at);
    become(same, each);
    at = same.nextSibling;
  }
  while (at) at = without(at);
}

// From `at` on, what has the same id; where there is none, only the next element.
function likeIt(at, each) {
  const id = each.id || "";
  const passed = (node) => (id ? node.id !== id : node.nodeName === "#text" && each.nodeName !== "#text");
  while (at && passed(at)) at = at.nextSibling;
  return at && at.nodeName === each.nodeName && (at.id || "") === id ? at : null;
}

function without(node) {
  const after = node.nextSibling;
  node.remove();
  return after;
}

async function look() {
  const mine = ++asked;
  clearTimeout(timer);
  try {
    const answer = await fetch(location.href, {
      headers: { "X-Fragment": "1", "If-None-Match": etag },
      cache: "no-store",
    });
    if (mine !== asked) return;
    if (answer.status === 200) {
      const html = await answer.text();
      if (mine !== asked) return;
      etag = answer.headers.get("ETag") || "";
      show(html);
    }
    if (answer.ok || answer.status === 304) every = Number(answer.headers.get("X-Every"));
    lost.hidden = answer.ok || answer.status === 304;
  } catch {
    if (mine !== asked) return;
    lost.hidden = false;
  }
  later();
}

function later() {
  clearTimeout(timer);
  // A form that asks for a confirmation stays as it is until it is answered.
  const wait = live.querySelector("details.ask[open]") || document.hidden;
  if (every) timer = setTimeout(wait ? later : look, wait ? 500 : every);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy");
  if (button) copy(button);
  const link = event.target.closest("a[data-swap]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  history.pushState(null, "", link.getAttribute("href"));
  etag = "";
  look();
});
addEventListener("popstate", () => {
  etag = "";
  look();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && every) look();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const each of document.querySelectorAll("details.ask[open]")) {
    each.open = false;
    each.querySelector("summary").focus();
  }
});
for (const graph of document.querySelectorAll(".graph")) {
  const current = graph.querySelector("[aria-current]")?.getBoundingClientRect();
  const view = graph.getBoundingClientRect();
  if (current) graph.scrollLeft += (current.left + current.right - view.left - view.right) / 2;
}
document.addEventListener("submit", (event) => {
  // After the form's data was gathered: a disabled button's own name would not be among it.
  setTimeout(() => {
    for (const each of event.target.querySelectorAll("button")) each.disabled = true;
  });
});
enhance();
later();
setInterval(grow, 1000);
