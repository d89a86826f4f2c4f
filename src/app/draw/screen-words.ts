// Sentences of the engine are written for the shell. On the screen there are no flags: a question is answered, a command is typed
// behind `:`, and only what the program is started with keeps its flag.

const starts = 'service-tags|location|from|set-parameter|parameters|tenant|read-only|all-resources|partial';

const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bPass --answer /g, 'Answer '],
  [/\bpass --answer /g, 'answer '],
  [/\b([Ww])ith --answer (?=[a-z])/g, '$1ith the answer '],
  [/ --answer (?<==\S+ --answer )(?=[a-z-]+=[A-Z])/g, ' and '],
  [/\(--answer (?=[a-z])/g, '(answer '],
  [/(^|[.:] )`--answer ([a-z][^`]*)`/g, '$1The answer $2'],
  [/`--answer ([a-z][^`]*)`/g, 'the answer $1'],
  [/(, |\bor |\band )--answer (?=[a-z])/g, '$1the answer '],
  [/Needs --allow-effects [^`]*or `bastide /g, 'To include it, run `bastide '],
  [/\bPass --yes to accept the warning\./g, 'Accept the warning to continue.'],
  [/\bRun with --dry-run to see all reasons\./g, 'The details of each finding say what it needs.'],
  [/, so --live has nothing to compare\./g, ': there is nothing to compare with live data.'],
  [/\bRemove --(?:live|diagnose)\.$/g, 'Select a finding about traffic of a subnet with training compute.'],
  [/\bRemove --(?:live|diagnose), or audit\b/g, 'Audit'],
  [/\bRemove --read-only\b/g, 'Start without --read-only'],
  [/\bgiven with --ip\b/g, 'that you enter'],
  [/\bpass --ip ADDRESS \(or a CIDR block\)/g, 'enter an address or a CIDR block'],
  [/\b(of|by|in|from|with) --all\b/g, '$1 Fix all'],
  [/\bSelect one with --workspace NAME\|ID, and its subscription with --subscription\./g, 'Select one with `:ws`.'],
  [new RegExp(`\\bPass (?=--(?:${starts})\\b)`, 'g'), 'Start with '],
  [new RegExp(`\\bpass (?=--(?:${starts})\\b)`, 'g'), 'start with '],
  [/`bastide (?=[a-z])([^`]*)`/g, '`:$1`'],
  [/\bbastide (?=assume [a-z])/g, ':'],
];

/** A sentence as the screen says it. */
export const onScreen = (text: string): string =>
  text.includes('--') || text.includes('bastide ')
    ? phrases.reduce((said, [shell, screen]) => said.replace(shell, screen), text)
    : text;
