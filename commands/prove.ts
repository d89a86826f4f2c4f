// `prove`: network questions answered from files alone, without credentials: which packets pass, which route they take.
import * as z from 'zod/mini';
import { defineCommand, type Line } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { parseJson } from '../src/model/json.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import type { NsgAnswer, QuestionAnswer, QuestionHead, RouteAnswer, TagAnswer } from '../src/net/questions/answer.ts';
import type { ServiceTags } from '../src/net/service-tags.ts';
import type { SessionEvent } from '../src/session/session.ts';

interface Proved {
  readonly answers: readonly QuestionAnswer[];
  /** The file of service tags the answers rest on; null without one. */
  readonly serviceTags: { readonly cloud: string; readonly changeNumber: string; readonly tags: number } | null;
}

const roles: Readonly<Record<NsgAnswer['verdict'], string>> = {
  allowed: 'ok',
  denied: 'bad',
  partly: 'warn',
  unknown: 'unknown',
};

export const prove = defineCommand({
  name: 'prove',
  summary: 'Answer network questions from a file, without Azure: NSG verdicts, routes, tags, validity',
  args: z.object({
    file: flag(z.string(), 'one question, a list, NDJSON or {"cases":[...]}; - reads stdin', {
      value: 'FILE|-',
      of: 'file',
    }),
  }),
  positional: ['file'],
  effect: 'read',
  examples: [
    { line: 'prove questions.json', says: 'Answer all questions of a file' },
    {
      line: 'prove questions.json --service-tags ServiceTags_Public.json',
      says: "Use the address ranges of Microsoft's service tags",
    },
  ],
  async *run(context, { file }): AsyncGenerator<SessionEvent, Proved> {
    const { answerQuestion } = await import('../src/net/questions/answer.ts');
    const { DocumentError, readQuestions } = await import('../src/net/questions/read.ts');
    const { serviceTags } = context.flags;
    const tags = serviceTags === undefined ? undefined : await readTags(serviceTags, context.host.readFile);
    const text = await context.host.readFile(file);
    try {
      const questions = readQuestions(text, parseJson);
      const answers = questions.map((question, index) => answerQuestion(question, index + 1, tags));
      return {
        answers,
        serviceTags: tags ? { cloud: tags.cloud, changeNumber: tags.changeNumber, tags: tags.size } : null,
      };
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      throw new Failure(
        'unreadable-questions',
        exitStatus.usage,
        `${clean(file, 300)} has no valid questions: ${clean(error.message, 300).replace(/\.$/, '')}.`,
        'Use one question ({"id","kind","input"}), a list, NDJSON, or {"cases":[...]}.',
      );
    }
  },
  text: ({ answers }) => answers.map(answerLine),
  items: ({ answers }) => answers,
  exit: (result) => (failed(result).length > 0 ? exitStatus.usage : exitStatus.done),
  failure(result) {
    const wrong = failed(result);
    const [first] = wrong;
    if (!first) return null;
    const others = wrong.length > 1 ? ` ${wrong.length - 1} more cannot be answered.` : '';
    return {
      code: 'bad-question',
      message: `Question ${clean(first.id, 80)}, ${clean(first.error.member, 200)}: ${clean(first.error.reason, 300)}${others}`,
      next: 'Correct the question; the others were answered.',
    };
  },
});

async function readTags(file: string, readFile: (path: string) => Promise<string>): Promise<ServiceTags | undefined> {
  const [{ readServiceTags }, { tagsFromText }] = await Promise.all([
    import('../src/net/service-tags.ts'),
    import('../src/session/files/service-tags.ts'),
  ]);
  return readServiceTags(tagsFromText(await readFile(file), file).document);
}

type Refused = QuestionHead & { readonly error: { readonly member: string; readonly reason: string } };
const isRefused = (answer: QuestionAnswer): answer is Refused => 'error' in answer;
const failed = ({ answers }: Proved): Refused[] => answers.filter(isRefused);

function answerLine(answer: QuestionAnswer): Line {
  const id = [`${answer.id}  `, 'accent'] as const;
  if (isRefused(answer)) return line(id, ['not answered', 'bad'], `  ${answer.error.member}: ${answer.error.reason}`);
  if (answer.kind === 'nsg') return nsgLine(id, answer as QuestionHead & NsgAnswer);
  if (answer.kind === 'virtualNetworkTag') {
    const tag = answer as QuestionHead & TagAnswer;
    return line(id, tag.in.join(', '), [tag.maybe.length > 0 ? `  possibly ${tag.maybe.join(', ')}` : '', 'unknown']);
  }
  if (answer.kind === 'invalid') {
    const codes = 'codes' in answer ? answer.codes : [];
    return line(id, codes.length === 0 ? ['valid', 'ok'] : [codes.join(', '), 'bad']);
  }
  const route = answer as QuestionHead & RouteAnswer;
  const from = route.prefix === null ? 'no route' : `${route.prefix} (${route.source})`;
  return line(id, [route.nextHopType, 'heading'], `  ${from}`, [
    route.name === undefined ? '' : `  ${route.name}`,
    'dim',
  ]);
}

function nsgLine(id: readonly [string, string], answer: NsgAnswer): Line {
  const { allowed, denied, unknown } = answer.measure;
  const parts = [
    ['allowed', allowed, 'by', answer.allowedBy],
    ['denied', denied, 'by', answer.deniedBy],
    ['unknown', unknown, 'depends on', answer.unsure],
  ] as const;
  const told = parts.filter(([, count, , rules]) => count !== '0' || rules.length > 0);
  const named = answer.uncounted ?? [];
  const hidden = answer.blockers.map(({ rule }) => rule).filter((rule) => !answer.deniedBy.includes(rule));
  return line(
    id,
    [answer.verdict.padEnd(7), roles[answer.verdict]],
    ...told.map(([what, count, how, rules]) => {
      const counted = told.length > 1 ? `${what} ${count}` : count;
      return `  ${counted}${rules.length > 0 ? ` ${how} ${rules.join(', ')}` : ''}`;
    }),
    [hidden.length > 0 ? `  then denied by ${hidden.join(', ')}` : '', 'bad'],
    [named.length > 0 ? `  matched by name, not counted: ${named.join(', ')}` : '', 'dim'],
  );
}
