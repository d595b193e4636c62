// What this person typed before in this browser.

const KEPT = 50;
const name = (user) => `impasto-typed-${user}`;

export function typed(user) {
  try {
    return JSON.parse(localStorage.getItem(name(user)) || "[]");
  } catch {
    return [];
  }
}

export function keep(user, line) {
  const lines = [...typed(user).filter((other) => other !== line), line].slice(-KEPT);
  try {
    localStorage.setItem(name(user), JSON.stringify(lines));
  } catch {
    // A full or forbidden store only costs the history.
  }
}
