// Talking to the server. Every event has a key made here, so that sending it again is the same event.

export class Refusal extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

export function newKey() {
  // crypto.randomUUID is missing on plain-http addresses in a local network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const OFFLINE = "The bot can't be reached right now. Nothing was lost; send it again in a moment.";
const TRIES = 3;

async function answerOf(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refusal(OFFLINE, 0);
  }
  const kind = response.headers.get("content-type") || "";
  const body = kind.startsWith("application/json") ? await response.json() : {};
  if (!response.ok) {
    throw new Refusal(body.error || OFFLINE, response.status);
  }
  return body;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// A lost connection is tried again with the same key: the server takes it for the same event.
export async function post(path, body) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await answerOf(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    } catch (error) {
      if (error.status !== 0 || attempt === TRIES) throw error;
      await pause(400 * attempt);
    }
  }
}

export const get = (path) => answerOf(path, {});

export const upload = (kind, blob) =>
  answerOf(`/api/upload/${kind}`, {
    method: "POST",
    headers: { "Content-Type": blob.type || "application/octet-stream" },
    body: blob,
  });
