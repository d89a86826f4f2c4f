// What Azure changed lately, as resources in files with the outcome that each must have: `bastide … --from FILE`, case by case.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bastide, freshHome } from '../support/bastide.ts';
import { fixture } from '../support/outside.ts';

interface Expected {
  readonly anyOf?: readonly Expected[];
  readonly exit?: number;
  readonly architecture?: string;
  readonly finding?: string;
  readonly resource?: string;
  readonly where?: string;
  readonly outcome?: string | readonly string[];
  readonly notOutcome?: string;
  /** One finding of several is enough. */
  readonly some?: boolean;
  readonly plan?: 'steps' | 'gates' | 'skipped' | 'warnings' | 'any';
  readonly contains?: string;
  readonly mustNotContain?: string;
}
interface Case {
  readonly id: string;
  readonly title: string;
  readonly input: string;
  readonly command: readonly string[];
  readonly expect: readonly Expected[];
}
interface Found {
  readonly rule: string;
  readonly resource: string;
  readonly where: string | null;
  readonly outcome: string;
  readonly because: string;
}
interface Result {
  readonly snapshot?: { readonly architecture?: { readonly answer?: string } };
  readonly architecture?: string | { readonly answer?: string };
  readonly findings?: readonly Found[];
  readonly steps?: readonly { readonly risk?: string }[];
  readonly gates?: unknown;
  readonly skipped?: unknown;
}

const folder = fixture('azure-cases');
const { cases } = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as { cases: readonly Case[] };
const home = freshHome({ NO_COLOR: '1' });
afterAll(() => home.remove());

/** Why an expectation is not met; empty when it is. */
function unmet(one: Expected, status: number | null, result: Result | undefined): string[] {
  if (one.anyOf) {
    const each = one.anyOf.map((alternative) => unmet(alternative, status, result));
    return each.some((reasons) => reasons.length === 0) ? [] : each.flat();
  }
  if (one.exit !== undefined) return status === one.exit ? [] : [`exit ${status}, not ${one.exit}`];
  if (result === undefined) return ['no result'];
  if (one.architecture !== undefined) {
    const { architecture } = result;
    const answer =
      result.snapshot?.architecture?.answer ?? (typeof architecture === 'object' ? architecture.answer : architecture);
    return answer === one.architecture ? [] : [`architecture ${answer}, not ${one.architecture}`];
  }
  if (one.finding !== undefined) return unmetFinding(one, result.findings ?? []);
  const parts = {
    steps: result.steps,
    gates: result.gates,
    skipped: result.skipped,
    any: result,
    warnings: [result.gates, result.skipped, result.steps?.map(({ risk }) => risk)],
  };
  const text = JSON.stringify(parts[one.plan ?? 'any'] ?? null);
  return [
    ...(one.contains !== undefined && !new RegExp(one.contains, 'i').test(text) ? [`no /${one.contains}/`] : []),
    ...(one.mustNotContain !== undefined && new RegExp(one.mustNotContain, 'i').test(text)
      ? [`/${one.mustNotContain}/`]
      : []),
  ];
}

function unmetFinding(one: Expected, findings: readonly Found[]): string[] {
  const holds = (text: string | null, part: string | undefined) =>
    part === undefined || (text ?? '').toLowerCase().includes(part.toLowerCase());
  const these = findings.filter(
    ({ rule, resource, where }) => rule === one.finding && holds(resource, one.resource) && holds(where, one.where),
  );
  const said = these.map(({ outcome, because }) => `${one.finding} ${outcome}: ${because}`);
  const outcomes = these.map(({ outcome }) => outcome);
  if (one.notOutcome !== undefined) return outcomes.includes(one.notOutcome) ? said : [];
  const wanted = [one.outcome ?? []].flat();
  const isMet = outcomes.some((outcome) => wanted.includes(outcome));
  if (!isMet) return [`${one.finding} should be ${wanted.join(' or ')}`, ...said];
  if (wanted.includes('fail') || wanted.includes('unknown') || one.some) return [];
  return outcomes.every((outcome) => wanted.includes(outcome) || outcome === 'notApplicable') ? [] : said;
}

/** What Bastide does not do yet. A case that holds now leaves the list in the commit that makes it hold. */
const pending = JSON.parse(readFileSync(path.join(folder, 'pending.json'), 'utf8')) as readonly string[];

async function reasons({ input, command, expect: expected }: Case): Promise<string[]> {
  const at = (word: string) => (word.startsWith('@') ? path.join(folder, word.slice(1)) : word);
  const audit = command[0] === 'audit' ? ['--fail-on', 'never'] : [];
  const words = [...command.map(at), '--from', path.join(folder, input), '--format', 'json', '--quiet', ...audit];
  const ran = await bastide(words, home);
  const result = ran.stdout === '' ? undefined : (JSON.parse(ran.stdout) as { result?: Result }).result;
  return expected.flatMap((one) => unmet(one, ran.status, result));
}

describe('what Azure changed', () => {
  const [waiting, holding] = [true, false].map((is) => cases.filter(({ id }) => pending.includes(id) === is));

  test.each(holding ?? [])('$id: $title', async (one) => {
    expect(await reasons(one)).toEqual([]);
  });

  test('what is pending does not hold yet', { timeout: 180_000 }, async () => {
    const met: string[] = [];
    for (const one of waiting ?? []) if ((await reasons(one)).length === 0) met.push(one.id);
    expect(met, 'take these out of pending.json').toEqual([]);
    expect(waiting?.length).toBe(pending.length);
  });
});
