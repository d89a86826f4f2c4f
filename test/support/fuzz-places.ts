// Where random input has led: screens and overlays, told from the words on the terminal. And for
// each the keys that lead there, since keys pressed at random seldom do.

export interface ScreenPlace {
  readonly name: string;
  /** Told by rows of the terminal; of several places the first that fits is meant. */
  is(rows: readonly string[]): boolean;
  /** Keys from any screen without anything above it, and what must be there before the next ones. */
  readonly way: readonly WayStep[];
}
type WayStep = string | { readonly until: string };

const body = 3;
const title = (words: RegExp) => (rows: readonly string[]) => words.test(rows[body] ?? '');
const foot = (rows: readonly string[]): string => rows.at(-1) ?? '';
const some = (words: RegExp) => (rows: readonly string[]) => rows.some((row) => words.test(row));
const line = (text: string) => [':', `${text}\r`];
const until = (name: string): WayStep => ({ until: name });
/** A plan: of all fixes, or where everything is fixed already, of the undo. Where the first is shown, the second key does nothing. */
const anyPlan: readonly WayStep[] = [...line('resources'), 'F', until('plan'), 'u', until('plan')];

/** By the name of the overlay; the order is that in which they are told apart. */
export const overlayPlaces: readonly ScreenPlace[] = [
  // The plan stays around it.
  { name: 'explain', is: some(/[│|] Findings of step \d+/), way: [...anyPlan, 'j', 'e'] },
  { name: 'failure', is: some(/[│|] Next: /), way: [...line('assumptions'), 'jjjjj', 'e', '10.0.0.4\r'] },
  { name: 'palette', is: some(/[│|] Command {2}/), way: [':', 's'] },
  { name: 'help', is: title(/^> Keys [─-]/), way: ['?'] },
  { name: 'filter', is: (rows) => / \//.test((rows.at(-2) ?? '').slice(0, 2)), way: ['/', 'st'] },
  { name: 'guide', is: title(/^> Guide {2}\d+ of \d+/), way: line('guide') },
  { name: 'form', is: some(/[│|] bastide \S+ {2}/), way: line('create cluster') },
  {
    name: 'plan',
    is: (rows) => some(/^ \$ bastide /)(rows) && some(/^ [> ] Cancel {3}/)(rows),
    way: anyPlan,
  },
  { name: 'progress', is: some(/[│|] \$ bastide /), way: [...anyPlan, '\t', '\r'] },
  { name: 'path', is: some(/(?:^|[│|])[>─-] Hops [─-]/), way: line('path --source gpu-cluster --destination stmlsim') },
  { name: 'document', is: (rows) => /Enter fold {2}\/ search/.test(foot(rows)), way: [...line('resources'), 'g', 'y'] },
  { name: 'drift', is: title(/^> Changes since /), way: line('drift') },
  { name: 'output', is: (rows) => /Esc close/.test(foot(rows)), way: line('explain storage.default-action-deny') },
  { name: 'ask', is: (rows) => /Esc cancel/.test(foot(rows)), way: ['E', 'Conflict'] },
];

/** By the name of the screen; and Welcome, shown instead of all of them, and what is shown without room. */
export const screenPlaces: readonly ScreenPlace[] = [
  { name: 'too small', is: some(/^Terminal too small/), way: [] },
  { name: 'welcome', is: some(/^ {2}r {3}Retry|Enter to open/), way: [] },
  ...['Overview', 'Problems', 'Findings', 'Resources', 'Map', 'History', 'Log', 'Assumptions', 'Fleet'].map((name) => ({
    name: name.toLowerCase(),
    is: some(new RegExp(`\\[\\d ${name}\\]`)),
    way: line(name.toLowerCase()),
  })),
];

/** The overlay and the screen below it, where they can be told: a terminal may be too small for the words. */
export function placesOn(rows: readonly string[]): string[] {
  const told = rows.map((row) => row.trimEnd());
  return [overlayPlaces, screenPlaces].flatMap((all) => all.find((place) => place.is(told))?.name ?? []);
}
