// The request as people would write it elsewhere.

const WIDTH = 58;
const HIDDEN_KEY = "YOUR_API_KEY";

function requestObject(action, params, key) {
  const request = { action, version: 6 };
  if (Object.keys(params).length) request.params = params;
  if (key) request.key = key;
  return request;
}

const shellQuoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function jsonText(value, width = WIDTH) {
  const line = JSON.stringify(value);
  return line.length <= width ? line : JSON.stringify(value, null, 2);
}

const SAMPLES = {
  curl: (request) => {
    const start = `curl ${location.origin} -d `;
    return `${start}${shellQuoted(jsonText(request, WIDTH - start.length))}\n`;
  },
  Python: pythonSample,
  JavaScript: (request) => [
    `const reply = await fetch("${location.origin}", {`,
    '  method: "POST",',
    `  body: JSON.stringify(${indented(jsonText(request), "  ")}),`,
    "});",
    "const { result, error } = await reply.json();",
    "if (error !== null) throw new Error(error);",
    "console.log(result);",
    "",
  ].join("\n"),
};

function pythonSample(request) {
  return [
    "import json",
    "from urllib.request import urlopen",
    "",
    `request = ${pythonText(request, "")}`,
    "body = json.dumps(request).encode()",
    `with urlopen("${location.origin}", body) as reply:`,
    "    answer = json.load(reply)",
    'if answer["error"] is not None:',
    '    raise RuntimeError(answer["error"])',
    'print(answer["result"])',
    "",
  ].join("\n");
}

const indented = (text, by) => text.replaceAll("\n", `\n${by}`);

function pythonText(value, indent) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  const parts = Array.isArray(value)
    ? value.map((one) => pythonText(one, inner))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${pythonText(one, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const line = open + parts.join(", ") + close;
  return line.length + indent.length <= WIDTH && !line.includes("\n")
    ? line
    : `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${close}`;
}
