// Which tier a test file belongs to. Decided by its name and by what it reaches, so that no list goes stale.
//
//   unit    no build, no network, no terminal: every file that no line below names
//   laws    *.law.test.ts: as unit, but asks so many questions that it would slow the loop down
//   e2e     starts a program, a terminal or a server, itself or through a helper in test/
//   long    *.long.test.ts: other clients, fuzzing, many resources, ssh. Takes minutes, or programs that few machines have. And the
//           other part of the suites that parts.ts divides
//   judges  test/judges/: needs Microsoft's documents or recordings
//   last    *.last.test.ts: checks what all other tests of the run did
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const tiers = ['unit', 'laws', 'e2e', 'long', 'judges', 'last'] as const;
export type Tier = (typeof tiers)[number];

const root = path.resolve(import.meta.dirname, '../..');

/** A test that reaches one of these, other than for its types, is end to end. */
const starters = [
  /^@lydell\/node-pty$/,
  /^node:(?:child_process|cluster|http|https|http2|net|tls|worker_threads)$/,
  /^src\/simulator\/(?:index|server)\.ts$/,
  /^src\/main\//,
];
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom\s|^import\s|\bimport\()\s*'([^']+)'/gm)].map(([, specifier]) => specifier ?? '');
const typeImports = /^(?:import|export) type [^;]*;$/gm;

/** Does a test file reach something, other than for its types? */
function reaching(isWanted: (specifier: string) => boolean): (file: string) => boolean {
  const known = new Map<string, boolean>();
  // Helpers are followed inside `test/`: what the source imports counts only where a test names it.
  const reaches = (file: string): boolean => {
    const before = known.get(file);
    if (before !== undefined) return before;
    known.set(file, false);
    // An import that is only text.
    if (!existsSync(path.join(root, file))) return false;
    const reached = importsOf(readFileSync(path.join(root, file), 'utf8').replace(typeImports, '')).map((specifier) =>
      specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier,
    );
    const answer = reached.some((one) => isWanted(one) || (/^test\/.*\.tsx?$/.test(one) && reaches(one)));
    known.set(file, answer);
    return answer;
  };
  return reaches;
}
const startsSomething = reaching((one) => starters.some((starter) => starter.test(one)));
/** Its suites are divided: a part runs in its own tier, the others in the long one. */
export const isDivided = reaching((one) => one === 'test/support/parts.ts');

/** `file`: from the root of the project, with slashes. */
export function tierOf(file: string): Tier {
  if (/\.last\.test\.tsx?$/.test(file)) return 'last';
  if (file.startsWith('test/judges/')) return 'judges';
  if (/\.long\.test\.tsx?$/.test(file)) return 'long';
  if (startsSomething(file)) return 'e2e';
  return /\.law\.test\.tsx?$/.test(file) ? 'laws' : 'unit';
}

export const testFiles = (): string[] =>
  readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => `test/${file.split(path.sep).join('/')}`)
    .sort();
