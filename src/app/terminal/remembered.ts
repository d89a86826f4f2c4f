// Caches a pure function of a text.

/** Texts of some screens; beyond this the cache is cleared. */
const most = 2_000;

export function remembered<Answer>(make: (text: string) => Answer): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= most) known.clear();
    const answer = make(text);
    known.set(text, answer);
    return answer;
  };
}
