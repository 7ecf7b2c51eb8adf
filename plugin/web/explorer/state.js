// How Anki is, and what to do if something is wrong.

const ASK_AGAIN = 4000;
const KEY_PLACE = "ankiconnect-key";
const access = { trouble: null, text: "" };
let apiKey = sessionStorage.getItem(KEY_PLACE) || "";
let health = null;

// The reply to a request object: { status, text, value, milliseconds }; status 0 if nothing came back.
async function ask(request) {
  const began = performance.now();
  try {
    const got = await fetch("/", { method: "POST", body: JSON.stringify(request), headers: { "Content-Type": "application/json" } });
    const text = await got.text();
    const milliseconds = performance.now() - began;
    let value;
    try { value = JSON.parse(text); } catch { value = undefined; }
    return { status: got.status, text, value, milliseconds };
  } catch {
    return { status: 0, text: "", value: undefined, milliseconds: performance.now() - began };
  }
}

// Whether this page may use the API at all, and with this key.
async function checkAccess() {
  learn(await ask(requestObject("version", {}, apiKey)));
}

// What a reply says about our access.
function learn(reply) {
  const error = reply.value && typeof reply.value === "object" ? reply.value.error : null;
  if (reply.status === 0) return;
  access.trouble = reply.status === 403 ? "origin" : error === "valid api key must be provided" ? "key" : null;
  access.text = error || "";
  show();
}

async function look() {
  const before = health;
  try {
    const got = await fetch("/health", { headers: { Accept: "application/json" } });
    health = got.ok ? await got.json() : null;
  } catch {
    health = null;
  }
  if (health && !before) await checkAccess();
  show();
}

function stateNow() {
  if (!health) return ["bad", "No answer from Anki", advice("Anki does not answer. Start it if it was closed. This page asks again by itself.")];
  if (access.trouble === "origin") return ["bad", "This page may not use Anki", originAdvice()];
  if (access.trouble === "key") return ["bad", apiKey ? "Wrong API key" : "API key needed", keyAdvice()];
  if (!health.profileOpen) return ["warn", "No profile is open", profileAdvice()];
  if (health.busy) return ["warn", "Busy", advice(busyText(health.busy))];
  if (!health.collectionOpen) return ["warn", "The collection is closed", advice("Anki has closed the collection for a moment. Requests that need it fail until it is open again.")];
  if (health.dialogOpen) return ["warn", "Ready; a window waits in Anki", advice("A window of Anki waits for an answer. Actions that work with Anki's windows are refused until it is closed.")];
  return ["good", "Ready", null];
}

const advice = (...content) => [make("p", {}, content)];

function busyText(busy) {
  const time = busy.seconds ? `, for ${Math.round(busy.seconds)} s` : "";
  return `Anki is busy with ${busy.with}${time}. Requests wait for it, up to 15 seconds.`;
}

function originAdvice() {
  return [
    make("p", {}, access.text || "This page's address is not allowed.", " This page is ", make("code", {}, location.origin), "."),
    make("button", { type: "button", onclick: askPermission }, "Ask Anki for permission"),
  ];
}

async function askPermission(event) {
  event.target.disabled = true;
  event.target.textContent = "Answer in Anki's window…";
  const reply = await ask(requestObject("requestPermission", {}, ""));
  const granted = reply.value && reply.value.result && reply.value.result.permission === "granted";
  if (granted) return checkAccess();
  access.text = "Permission was denied. You can allow this page in Tools > AnkiConnect.";
  shown = "";
  return show();
}

function keyAdvice() {
  const text = apiKey
    ? "This is not the API key that is set in Anki. Copy it from Tools > AnkiConnect into the field above."
    : "Anki wants an API key. Copy it from Tools > AnkiConnect into the field above.";
  return advice(text);
}

function profileAdvice() {
  return advice("Choose a profile in Anki's window. Until then most actions answer “collection is not available”.");
}

let shown = "";

function show() {
  const [mood, text, content] = stateNow();
  const words = text + (content ? content.map((node) => node.textContent).join() : "");
  if (words === shown) return;
  shown = words;
  byId("state").className = `state ${mood}`;
  byId("state-text").textContent = text;
  byId("advice").hidden = content === null;
  byId("advice").replaceChildren(...(content || []));
  document.title = mood === "good" ? "AnkiConnect" : `${text} - AnkiConnect`;
  if (health) {
    const { anki, ankiConnect } = health.versions;
    byId("versions").textContent = `Anki ${anki}, AnkiConnect ${ankiConnect}`;
  }
}

function useKey(key) {
  apiKey = key;
  if (key) sessionStorage.setItem(KEY_PLACE, key);
  else sessionStorage.removeItem(KEY_PLACE);
  return checkAccess();
}

function watch() {
  setInterval(() => { if (document.visibilityState === "visible") look(); }, ASK_AGAIN);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  return look();
}
