// The list of actions, and the one that is chosen.

const LONGEST_SHOWN = 200000;
const SCOPES = {
  open: "open to all", read: "reads", write: "writes", delete: "deletes or overwrites",
  files: "uses files", network: "uses the network", gui: "Anki's windows", admin: "profile and collection",
};
let actions = [];
let sampleKind = "curl";

function readActions(openapi) {
  components = openapi.components.schemas;
  const order = openapi.tags.map((tag) => tag.name);
  actions = Object.entries(openapi.paths)
    .filter(([path]) => path.startsWith("/actions/"))
    .map(([path, { post }]) => ({ ...post, name: path.slice(9) }))
    .sort((a, b) => order.indexOf(a.tags[0]) - order.indexOf(b.tags[0]) || a.name.localeCompare(b.name));
}

function showList() {
  const wanted = byId("find").value.trim().toLowerCase();
  const fitting = actions.filter((action) => !wanted
    || action.name.toLowerCase().includes(wanted) || action.summary.toLowerCase().includes(wanted));
  fitting.sort((a, b) => byName(b, wanted) - byName(a, wanted));
  const groups = new Map();
  for (const action of fitting) groups.set(action.tags[0], [...(groups.get(action.tags[0]) || []), action]);
  const parts = [...groups].flatMap(([category, members]) => [
    make("h2", {}, category),
    make("ul", {}, members.map((action) => make("li", {}, link(action)))),
  ]);
  byId("list").replaceChildren(...(parts.length ? parts : [make("p", { class: "none" }, "No action fits.")]));
  byId("found").textContent = wanted ? `${fitting.length} ${fitting.length === 1 ? "action" : "actions"} found` : "";
  markCurrent();
}

const byName = (action, wanted) => (wanted && action.name.toLowerCase().includes(wanted) ? 1 : 0);
const link = (action) => make("a", { href: `#${action.name}`, title: action.summary }, action.name);
const chosenName = () => decodeURIComponent(location.hash.slice(1));

function markCurrent() {
  for (const each of byId("list").querySelectorAll("a")) {
    if (each.hash === location.hash) {
      each.setAttribute("aria-current", "page");
      if (!isInSight(each)) each.scrollIntoView({ block: "center" });
    } else each.removeAttribute("aria-current");
  }
}

function isInSight(node) {
  const { top, bottom } = node.getBoundingClientRect();
  return top > 110 && bottom < window.innerHeight;
}

function showChosen(byUser) {
  const action = actions.find((one) => one.name === chosenName());
  document.body.classList.toggle("chosen", action !== undefined);
  byId("main").replaceChildren(...(action ? actionView(action) : welcome()));
  markCurrent();
  if (byUser) {
    byId("main").scrollTop = 0;
    window.scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }
}

function welcome() {
  const sample = SAMPLES.curl(requestObject("deckNames", {}, ""));
  return [make("section", { class: "welcome" },
    make("h2", {}, "Anki for other programs"),
    make("p", {}, `This server lets programs on this computer work with Anki. Choose one of its ${actions.length} actions to see what it takes, try it on your collection, and copy the request for your own program.`),
    make("p", {}, "What you send from here is carried out in Anki. One request is one step in its undo list."),
    make("p", {}, "A first request:"),
    make("div", { class: "panel" }, make("div", { class: "bar" }, make("span", { class: "what" }, "curl"), copyButton(() => sample)),
      make("pre", { tabIndex: 0, "aria-label": "A first request with curl" }, sample)),
    make("p", {}, "For programs: ", make("a", { href: "/openapi.json" }, "OpenAPI description"), ", ",
      make("a", { href: "/schema.json" }, "JSON Schema of requests"), ", ", make("a", { href: "/health" }, "state of Anki"), "."),
    make("p", { class: "hint" }, "Keys: ", make("kbd", {}, "/"), " finds an action, ", make("kbd", {}, "Ctrl+Enter"), " sends the request."),
  )];
}

function actionView(action) {
  const form = actionForm(action);
  const paragraphs = action.description.split("\n\n").slice(1).filter((text) => !text.startsWith("Errors:") && !text.startsWith("- "));
  return [
    make("a", { class: "back", href: "#" }, "← All actions"),
    make("div", { class: "title" }, make("h2", {}, action.name),
      make("span", { class: `badge ${action["x-scope"]}` }, SCOPES[action["x-scope"]] || action["x-scope"])),
    make("p", { class: "lead" }, prose(action.summary)),
    paragraphs.map((text) => make("p", { class: "more" }, prose(text.replaceAll("\n", " ")))),
    make("div", { class: "halves" }, form.node, make("div", { class: "exchange" }, form.samples, form.reply), about(action)),
  ].flat();
}

function about(action) {
  const said = [["Result", prose(action.responses["200"].description || "")]];
  if (action["x-undo"]) said.push(["Undo", `AnkiConnect: ${action["x-undo"]}`]);
  if (action["x-since"]) said.push(["Since", action["x-since"]]);
  if (action["x-errors"].length) said.push(["Errors", make("ul", {}, action["x-errors"].map((text) => make("li", {}, text)))]);
  return make("div", { class: "about" }, make("h3", {}, "What comes back"),
    make("dl", {}, said.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)])));
}

function actionForm(action) {
  const schema = action.requestBody.content["application/json"].schema;
  const needed = new Set(schema.required);
  const members = Object.entries(schema.properties).map(([name, one]) => [name, field(name, one, needed.has(name))]);
  const destroys = action["x-scope"] === "delete";
  const button = make("button", { type: "submit", class: destroys ? "main delete" : "main" }, "Send");
  const node = make("form", { noValidate: true },
    make("h3", {}, members.length ? "Parameters" : "No parameters"), members.map(([, made]) => made.node),
    make("div", { class: "send" }, button, destroys ? make("span", { class: "hint" }, "This can remove what cannot be had again.") : null));
  const samples = samplesPanel();
  const reply = replyPanel();
  const update = () => samples.show(requestObject(action.name, quietly(members), apiKey && HIDDEN_KEY));
  node.addEventListener("input", update);
  node.addEventListener("toggle", update, true);
  node.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) node.requestSubmit(); });
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const params = checkedParams(node, members);
    if (params === null || (destroys && !window.confirm(`Carry out ${action.name} on your collection?`))) return;
    button.disabled = true;
    reply.waiting();
    const got = await ask(requestObject(action.name, params, apiKey));
    button.disabled = false;
    reply.show(got);
    if (reply.node.getBoundingClientRect().top > window.innerHeight - 160) reply.node.scrollIntoView({ block: "nearest" });
    learn(got);
  });
  update();
  return { node, samples: samples.node, reply: reply.node };
}

// The parameters; null after telling what is wrong with one.
function checkedParams(form, members) {
  form.querySelectorAll(".wrong").forEach((node) => node.remove());
  form.querySelectorAll("[aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
  try {
    return readMembers(members);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    error.control.setAttribute("aria-invalid", "true");
    error.control.after(make("p", { class: "wrong", role: "alert" }, error.message));
    error.control.focus();
    return null;
  }
}

// What can be read so far; a field that is still being filled in is left out.
function quietly(members) {
  return readMembers(members.map(([name, made]) => [name, { read: () => { try { return made.read(); } catch { return undefined; } } }]));
}

function samplesPanel() {
  let request = {};
  const pre = make("pre", { tabIndex: 0, role: "tabpanel", id: "sample" });
  const tabs = Object.keys(SAMPLES).map((kind) => make("button", {
    type: "button", role: "tab", id: `tab-${kind}`, "aria-controls": "sample", onclick: () => choose(kind), onkeydown: move,
  }, kind));
  function choose(kind) {
    sampleKind = kind;
    pre.textContent = SAMPLES[kind](request);
    pre.setAttribute("aria-labelledby", `tab-${kind}`);
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab.textContent === kind));
      tab.tabIndex = tab.textContent === kind ? 0 : -1;
    }
  }
  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    choose(next.textContent);
    next.focus();
  }
  const bar = make("div", { class: "bar" }, make("div", { role: "tablist", "aria-label": "Language of the sample" }, tabs), copyButton(() => pre.textContent));
  const node = make("section", { "aria-label": "The request" }, make("h3", {}, "The request"), make("div", { class: "panel" }, bar, pre));
  return { node, show: (asked) => { request = asked; choose(sampleKind); } };
}

function replyPanel() {
  let whole = "";
  const what = make("span", { class: "what", role: "status" }, "Not sent yet");
  const copy = copyButton(() => whole);
  const pre = make("pre", { tabIndex: 0, "aria-label": "The reply", hidden: true });
  copy.hidden = true;
  const node = make("section", { "aria-label": "The reply" }, make("h3", {}, "The reply"),
    make("div", { class: "panel" }, make("div", { class: "bar" }, what, copy), pre));
  function tell(text, mood) {
    what.textContent = text;
    what.className = `what ${mood}`;
  }
  function show(got) {
    whole = got.value === undefined ? got.text : JSON.stringify(got.value, null, 2);
    pre.textContent = whole.length > LONGEST_SHOWN ? `${whole.slice(0, LONGEST_SHOWN)}\n… Copy gives the whole reply.` : whole;
    pre.hidden = copy.hidden = whole === "";
    if (got.status === 0) return tell("Anki did not answer.", "bad");
    const failed = got.status !== 200 || (got.value && got.value.error !== null);
    const size = new TextEncoder().encode(got.text).length;
    return tell(`${failed ? "Failed" : "Done"} in ${Math.round(got.milliseconds)} ms, ${sizeText(size)}`, failed ? "bad" : "good");
  }
  return { node, show, waiting: () => tell("Waiting for Anki…", "") };
}

const sizeText = (bytes) => bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;

function isTyping(target) {
  return target.matches("input, textarea, select");
}

async function begin() {
  byId("key").value = apiKey;
  byId("key-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await useKey(byId("key").value.trim());
    const form = byId("main").querySelector("form");
    if (form) form.dispatchEvent(new Event("input"));
  });
  byId("find").addEventListener("input", showList);
  byId("find").addEventListener("keydown", (event) => {
    const first = byId("list").querySelector("a");
    if (first && event.key === "Enter") location.hash = first.hash;
    if (first && event.key === "ArrowDown") { event.preventDefault(); first.focus(); }
  });
  byId("list").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("a")) return;
    event.preventDefault();
    const links = [...byId("list").querySelectorAll("a")];
    (links[links.indexOf(event.target) + step] || byId("find")).focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    byId("find").focus();
  });
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); byId("main").focus(); });
  window.addEventListener("hashchange", () => showChosen(true));
  const watching = watch();
  try {
    readActions(await (await fetch("/openapi.json")).json());
  } catch {
    byId("main").replaceChildren(make("p", {}, "The list of actions could not be loaded. Load this page again when Anki runs."));
    return;
  }
  showList();
  showChosen(false);
  await watching;
}

begin();
