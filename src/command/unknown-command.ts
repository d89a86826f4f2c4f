// A word that is no command: which one is meant, by its spelling or by what other tools call it.
import { exitStatus, Failure } from '../model/failure.ts';
import { nearest } from '../model/nearest.ts';
import { clean } from '../model/text.ts';
import type { Command } from './definition.ts';
import { worldNames } from './world-names.ts';

/** Words of other tools, and what does the same here. */
export const otherTools: readonly (readonly [words: readonly string[], next: string])[] = [
  [
    ['login', 'signin', 'sign-in', 'auth', 'account', 'doctor'],
    'Sign in with `az login`, then run `bastide whoami`: it shows the identity, or why the sign-in fails.',
  ],
  [['logout', 'signout', 'sign-out'], 'Bastide stores no sign-in. Run `az logout`.'],
  [['report', 'html', 'sarif', 'junit'], 'Run `bastide audit --format html --output report.html`.'],
  [['check', 'lint', 'validate', 'test', 'analyze', 'analyse', 'status'], 'Run `bastide audit`.'],
  [['init', 'setup', 'start'], 'Nothing needs to be set up. Run `bastide audit`, or `bastide --demo` without Azure.'],
  [['list', 'ls', 'get', 'resources', 'inventory', 'refresh'], 'Run `bastide scan` for the resources.'],
  [['describe', 'cat', 'inspect', 'view'], 'Run `bastide show NAME`.'],
  [['rollback', 'revert', 'destroy', 'delete'], 'Run `bastide undo` to undo changes that Bastide made.'],
  [['log', 'logs', 'state', 'changes'], 'Run `bastide history`.'],
  [['graph', 'topology', 'network'], 'Run `bastide map`.'],
  [['ignore', 'suppress', 'exempt', 'waive'], 'Run `bastide accept`.'],
  [['remediate', 'repair', 'resolve', 'update'], 'Run `bastide fix`.'],
  [['trace', 'traceroute', 'ping', 'curl'], 'Run `bastide path --source A --destination B --port N`.'],
  [['preview', 'dry-run'], 'Run `bastide plan --all`.'],
  [
    ['upgrade', 'install'],
    'Build the package in a clone: `npm ci && npm pack`. Then run `npm install --global` with the file that it names.',
  ],
  [['man', 'docs'], 'Run `bastide help`.'],
];

/** Exit 2. */
export function unknownCommand(word: string, verbs: readonly Command[]): Failure {
  const wanted = word.toLowerCase();
  const names = verbs.map(({ name }) => name);
  const near = nearest(wanted, names);
  const meant = otherTools.find(([words]) => words.includes(wanted))?.[1];
  const world = worldNames.includes(wanted) ? `A demo world is named with =: \`bastide --demo=${wanted}\`.` : undefined;
  const next = meant ?? world ?? (near === undefined ? 'Run `bastide help` for the list.' : `Did you mean ${near}?`);
  return new Failure('unknown-command', exitStatus.usage, `Unknown command: ${clean(word, 60)}.`, next);
}
