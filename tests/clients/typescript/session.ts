// What a program does with the generated types; test_typescript_client.py checks them and runs this.

import createClient from "openapi-fetch";
import type { components, paths } from "./anki.js";

type Problem = components["schemas"]["Problem"];
type Got<T> = { data?: T; error?: Problem; response: Response };

const [url = "", key = ""] = process.argv.slice(2);
const anki = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
const stranger = createClient<paths>({ baseUrl: url });

function wanted<T>({ data, error, response }: Got<T>): T {
  if (data === undefined) throw new Error(`${response.status}: ${error?.detail}`);
  return data;
}

function failure<T>({ error, response }: Got<T>): [number, string] {
  if (error === undefined || error.status !== response.status) throw new Error("it did not fail as it should");
  return [error.status, error.detail];
}

const addGato = (deckName: string) => anki.POST("/actions/addNote", {
  body: { note: { deckName, modelName: "Basic", fields: { Front: "gato", Back: "cat" }, tags: ["animals"] } },
});

const decksBefore: string[] = wanted(await anki.POST("/actions/deckNames", { body: {} }));
const deckId: number = wanted(await anki.POST("/actions/createDeck", { body: { deck: "Spanish" } }));
const noteId: number = wanted(await addGato("Spanish"));
const found: number[] = wanted(await anki.POST("/actions/findNotes", { body: { query: "deck:Spanish" } }));
const [note] = wanted(await anki.POST("/actions/notesInfo", { body: { notes: found } }));

console.log(JSON.stringify({
  decksBefore,
  deckId,
  noteId,
  found,
  front: note?.fields?.["Front"]?.value,
  tags: note?.tags,
  cards: note?.cards,
  duplicate: failure(await addGato("Spanish")),
  noDeck: failure(await addGato("Spanisch")),
  noKey: failure(await stranger.POST("/actions/deckNames", { body: {} })),
}));
