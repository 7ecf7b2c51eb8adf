// Fields of a form, made from schemas. Each gives { node, read }; read() gives undefined for what is left out.

class Wrong extends Error {
  constructor(control, text) {
    super(text);
    this.control = control;
  }
}

const LONG_TEXT = /^(css|front|back|html|data|query)$/i;

function field(name, schema, required) {
  const kind = kindOf(schema);
  const maker = { boolean: checkField, object: objectField, map: mapField, items: itemsField, choices: choicesField }[kind];
  const made = maker ? maker(name, schema, required) : plainField(name, schema, required, kind);
  return ["object", "map", "items"].includes(kind) ? withJson(made, name, schema, required) : made;
}

const hint = (schema, id) => schema.description ? make("p", { class: "hint", id }, prose(schema.description)) : null;

function kindText(schema, required, shownDefault) {
  const fallback = shownDefault === undefined ? "" : `, ${JSON.stringify(shownDefault)} if left out`;
  return `${words(schema)}${required ? ", required" : fallback || ", optional"}`;
}

function plainField(name, schema, required, kind) {
  const id = newId();
  const control = controlFor(kind, name, chosen(schema), required, id);
  control.setAttribute("aria-describedby", `${id}-hint`);
  if (required) control.setAttribute("aria-required", "true");
  const node = make("div", { class: "field" },
    make("div", { class: "name" }, make("label", { htmlFor: id }, name),
      make("span", { class: "kind" }, kindText(schema, required, schema.default))),
    control, hint(schema, `${id}-hint`) || make("span", { id: `${id}-hint` }));
  const reader = READERS[kind];
  return { node, read: () => reader(control, chosen(schema), required) };
}

function controlFor(kind, name, schema, required, id) {
  if (kind === "enum") {
    const options = schema.enum.map((value) => make("option", { value: JSON.stringify(value) }, String(value)));
    return make("select", { id }, required ? null : make("option", { value: "" }, "left out"), options);
  }
  if (kind === "json") {
    const text = required ? JSON.stringify(skeleton(schema), null, 2) : "";
    return make("textarea", { id, class: "raw", rows: Math.min(12, text.split("\n").length + 1), value: text, placeholder: "JSON", spellcheck: false });
  }
  if (kind === "lines") return make("textarea", { id, rows: 3, placeholder: "one a line", spellcheck: false });
  if (kind === "string" && LONG_TEXT.test(name) && name !== "query") return make("textarea", { id, rows: 3, spellcheck: false });
  const inputMode = kind === "integer" || kind === "id" ? "numeric" : undefined;
  return make("input", { id, type: "text", inputMode, autocomplete: "off", spellcheck: false });
}

const READERS = {
  enum: (control) => (control.value === "" ? undefined : JSON.parse(control.value)),
  string: (control, _schema, required) => (control.value === "" && !required ? undefined : control.value),
  id: (control, _schema, required) => scalar(control, control.value.trim(), "id", required),
  integer: (control, _schema, required) => scalar(control, control.value.trim(), "integer", required),
  number: (control, _schema, required) => scalar(control, control.value.trim(), "number", required),
  loose: (control, _schema, required) => (control.value === "" && !required ? undefined : loose(control.value)),
  json: readJson,
  lines: readLines,
};

// A number if it looks like one, else the text.
const loose = (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text);

function scalar(control, text, kind, required) {
  if (text === "" && !required) return undefined;
  const pattern = kind === "number" ? /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(text)) {
    throw new Wrong(control, { id: "An id is a whole number.", integer: "A whole number is needed.", number: "A number is needed." }[kind]);
  }
  const value = Number(text);
  return kind === "id" && !Number.isSafeInteger(value) ? text : value;
}

function readLines(control, schema, required) {
  const lines = control.value.split("\n").filter((line) => line.trim() !== "");
  if (!lines.length) return required ? [] : undefined;
  const kind = kindOf(schema.items);
  if (kind === "loose") return lines.map(loose);
  return lines.flatMap((line) => kind === "string" ? [line]
    : line.split(/[\s,]+/).filter(Boolean).map((word) => scalar(control, word, kind, true)));
}

function readJson(control, _schema, required) {
  if (control.value.trim() === "") {
    if (required) throw new Wrong(control, "A JSON value is needed.");
    return undefined;
  }
  try {
    return JSON.parse(control.value);
  } catch (error) {
    throw new Wrong(control, `This is not JSON: ${error.message}`);
  }
}

function checkField(name, schema, required) {
  const id = newId();
  const preset = schema.default ?? chosen(schema).default;
  if (preset === undefined && !required) return threeWays(name, schema, id);
  const control = make("input", { id, type: "checkbox", checked: preset === true, "aria-describedby": `${id}-hint` });
  const node = make("div", { class: "field" },
    make("div", { class: "check" }, control, make("label", { htmlFor: id }, name)),
    hint(schema, `${id}-hint`) || make("span", { id: `${id}-hint` }));
  return { node, read: () => (control.checked === preset ? undefined : control.checked) };
}

function threeWays(name, schema, id) {
  const control = make("select", { id }, ["left out", "true", "false"].map((word) => make("option", {}, word)));
  const node = make("div", { class: "field" },
    make("div", { class: "name" }, make("label", { htmlFor: id }, name), make("span", { class: "kind" }, "boolean, optional")),
    control, hint(schema));
  return { node, read: () => ({ true: true, false: false })[control.value] };
}

function choicesField(name, schema, required) {
  const boxes = chosen(schema).items.enum.map((value) => {
    const id = newId();
    return { value, control: make("input", { id, type: "checkbox" }), id };
  });
  const node = section(name, schema, required, make("div", { class: "choices" }, boxes.map((box) =>
    make("div", { class: "check" }, box.control, make("label", { htmlFor: box.id }, box.value)))));
  const read = () => {
    const values = boxes.filter((box) => box.control.checked).map((box) => box.value);
    return values.length || required ? values : undefined;
  };
  return { node, read };
}

// What may be left out is folded away.
function section(name, schema, required, ...content) {
  const said = [make("span", {}, name), " ", make("span", { class: "kind" }, kindText(schema, required, schema.default))];
  if (!required) return make("details", { class: "field" }, make("summary", {}, said), hint(schema), make("div", { class: "group" }, content));
  const id = newId();
  return make("div", { class: "field", role: "group", "aria-labelledby": id },
    make("div", { class: "name", id }, make("span", { class: "label" }, name), said.slice(1)),
    hint(schema), make("div", { class: "group" }, content));
}

function objectField(name, schema, required, entry) {
  const shape = chosen(schema);
  const needed = new Set(shape.required || []);
  const names = Object.keys(shape.properties).sort((a, b) => needed.has(b) - needed.has(a));
  const members = names.map((member) => [member, field(member, shape.properties[member], needed.has(member))]);
  const spare = entry && names.length > needed.size + 2 ? names.filter((member) => !needed.has(member)) : [];
  const nodesOf = (chosenNames) => members.filter(([member]) => chosenNames.includes(member)).map(([, made]) => made.node);
  const folded = spare.length ? make("details", { class: "field" }, make("summary", {}, "more"), nodesOf(spare)) : null;
  const node = section(name, schema, required, nodesOf(names.filter((member) => !spare.includes(member))), folded);
  return { node, read: () => (isLeftOut(node) ? undefined : readMembers(members)) };
}

const isLeftOut = (node) => node.tagName === "DETAILS" && !node.open;

function readMembers(members) {
  const values = members.map(([name, made]) => [name, made.read()]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

// Rows that can be added and taken away.
function rows(makeRow, word, first) {
  const list = [];
  const place = make("div", {});
  const add = (focus) => {
    const row = makeRow(() => {
      list.splice(list.indexOf(row), 1);
      row.node.remove();
      button.focus();
      button.dispatchEvent(new Event("input", { bubbles: true }));
    });
    list.push(row);
    place.append(row.node);
    if (focus) row.node.querySelector("input, select, textarea").focus();
  };
  const button = make("button", { type: "button", class: "small", onclick: () => add(true) }, `Add ${word}`);
  if (first) add(false);
  return { list, node: make("div", { class: "field" }, place, button) };
}

function mapField(name, schema, required) {
  const values = chosen(schema).additionalProperties;
  const valueKind = kindOf(values);
  if (!["string", "loose", "number"].includes(valueKind)) return plainField(name, schema, required, "json");
  const made = rows((remove) => {
    const key = make("input", { type: "text", placeholder: "name", "aria-label": `${name}: name`, spellcheck: false });
    const value = make("textarea", { rows: 1, placeholder: "value", "aria-label": `${name}: value` });
    return { key, value, node: make("div", { class: "pair" }, key, value, removeButton(remove, name)) };
  }, "a row", required);
  const node = section(name, schema, required, made.node);
  const read = () => {
    const pairs = made.list.filter((row) => row.key.value !== "").map((row) => [row.key.value, row.value.value]);
    return pairs.length || required ? Object.fromEntries(pairs) : undefined;
  };
  return { node, read };
}

const removeButton = (remove, name) =>
  make("button", { type: "button", class: "small", "aria-label": `Remove from ${name}`, title: "Remove", onclick: remove }, "×");

function itemsField(name, schema, required) {
  const made = rows((remove) => {
    const item = objectField("entry", chosen(schema).items, true, true);
    item.node.firstChild.append(removeButton(remove, name));
    item.node.classList.add("item");
    return item;
  }, "an entry", required);
  const node = section(name, schema, required, made.node);
  return { node, read: () => (made.list.length || required ? made.list.map((item) => item.read()) : undefined) };
}

// Whoever would rather write JSON may.
function withJson(made, name, schema, required) {
  let raw = null;
  const button = make("button", { type: "button", class: "small", "aria-pressed": "false", "aria-label": `${name} as JSON`, onclick: turn }, "JSON");
  const place = make("div", {}, made.node);
  const head = made.node.querySelector(":scope > .name");
  if (head) head.append(button);
  function turn() {
    const value = raw ? undefined : valueOrSkeleton(made, schema);
    raw = raw ? null : plainField(name, schema, required, "json");
    if (raw) {
      const area = raw.node.querySelector("textarea");
      area.value = JSON.stringify(value, null, 2);
      area.rows = Math.min(20, area.value.split("\n").length + 1);
    }
    const shown = raw || made;
    place.replaceChildren(shown.node);
    shown.node.querySelector(":scope > .name").append(button);
    button.setAttribute("aria-pressed", String(raw !== null));
    button.focus();
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return { node: place, read: () => (raw || made).read() };
}

function valueOrSkeleton(made, schema) {
  try {
    return made.read() ?? skeleton(schema);
  } catch {
    return skeleton(schema);
  }
}
