// Access scopes as lines: those that are broken first, each with its packet. Pure.
import type { ScopeResult } from '../model/access-scope.ts';
import { clean } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';

const looks: Readonly<Record<ScopeResult['outcome'], readonly [mark: string, role: string]>> = {
  broken: ['✗', 'bad'],
  unknown: ['?', 'unknown'],
  holds: ['✓', 'ok'],
};
const order = Object.keys(looks);

export const scopeLines = (scopes: readonly ScopeResult[]): Line[] =>
  scopes
    .toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
    .flatMap(({ scope, outcome, because, witness, path }) => {
      const [mark, role] = looks[outcome];
      const rest: Line[] = [
        line([`    ${clean(because, 600)}`, 'text']),
        ...(witness === null ? [] : [line(['    example: ', 'dim'], clean(witness, 200))]),
        ...(path === null ? [] : [line([`    ${clean(path, 300)}`, 'key'])]),
      ];
      return [
        line([`${mark} `, role], [outcome.padEnd(8), role], clean(scope, 600)),
        ...(outcome === 'holds' ? [] : rest),
      ];
    });
