// What a JSON Schema of the API says, as far as a form needs it.

let components = {};

const resolved = (schema) => schema && schema.$ref
  ? { ...components[schema.$ref.split("/").pop()], ...schema }
  : schema || {};

const isNull = (schema) => schema.type === "null";

// The alternatives of a schema without null, through nested ones.
function alternatives(schema) {
  const found = resolved(schema);
  if (found.$ref && found.$ref.endsWith("/Id")) return [{ kind: "id" }];
  if (Array.isArray(found.type)) return found.type.filter((type) => type !== "null").map((type) => ({ ...found, type }));
  if (found.anyOf) return found.anyOf.flatMap(alternatives).filter((one) => !isNull(one));
  return [found];
}

// The alternative that a form offers: the one that is least work to fill in.
function chosen(schema) {
  const found = alternatives(schema);
  const types = new Set(found.map((one) => one.type));
  if (types.has("string") && (types.has("integer") || types.has("number"))) return { ...found[0], kind: "loose" };
  return found.find((one) => one.kind === "id")
    || (types.has("object") && found.find((one) => one.type === "string"))
    || found.find((one) => one.type === "array" && isScalar(one.items))
    || found[0] || {};
}

function kindOf(schema) {
  const one = chosen(schema);
  if (one.kind) return one.kind;
  if (one.enum) return "enum";
  if (one.type === "array") return arrayKind(one);
  if (one.type === "object") return one.properties ? "object" : one.additionalProperties ? "map" : "json";
  return ["string", "integer", "number", "boolean"].includes(one.type) ? one.type : "json";
}

function arrayKind(schema) {
  if (!schema.items || !Object.keys(schema.items).length || schema.prefixItems) return "json";
  const items = kindOf(schema.items);
  if (items === "enum") return "choices";
  if (isScalar(schema.items)) return "lines";
  return items === "object" ? "items" : "json";
}

const isScalar = (schema) => schema && ["id", "loose", "string", "integer", "number"].includes(kindOf(schema));

// The type in words.
function words(schema) {
  const found = alternatives(schema);
  return found.length ? [...new Set(found.map(wordsOfOne))].join(" or ") : "null";
}

function wordsOfOne(schema) {
  if (schema.kind === "id") return "id";
  if (schema.enum) return schema.enum.length < 4 ? schema.enum.map((one) => JSON.stringify(one)).join(" or ") : "choice";
  if (schema.type === "array") {
    const items = schema.items ? words(schema.items) : "any value";
    return items === "any value" ? "list" : `list of ${items.includes(" or ") ? `(${items})` : plural(items)}`;
  }
  return schema.title && schema.type === "object" ? `${spaced(schema.title)} object` : schema.type || "any value";
}

const plural = (text) => text.replace(/^(\S+)( object)?/, (_, first, rest) => (rest ? `${first}${rest}s` : `${first}s`));
const spaced = (name) => name.replace(/(?!^)([A-Z])/g, " $1").toLowerCase();

// A value that shows how one of this schema looks.
function skeleton(schema) {
  const one = chosen(schema);
  if (one.kind) return one.kind === "id" ? 0 : "";
  if (one.default !== undefined) return one.default;
  if (one.enum) return one.enum[0];
  if (one.type === "array") return one.items && kindOf(one.items) === "object" ? [skeleton(one.items)] : [];
  if (one.type === "object") {
    return Object.fromEntries((one.required || []).map((name) => [name, skeleton(one.properties[name])]));
  }
  return { string: "", integer: 0, number: 0, boolean: false }[one.type] ?? null;
}
