// Plans that an assistant made, each in a file under its digest: proposed until a person confirms it in a terminal, then applied once,
// with the code that the terminal showed to that person.
import path from 'node:path';
import * as z from 'zod/mini';
import { readOwnText } from '../disk/read-text.ts';
import { replaceFile } from '../disk/replace-file.ts';
import type { Redeemed, Unconfirmed } from '../model/approval.ts';
import { codeFits, newCode } from './approval-code.ts';

const text = z.string();
const hex = text.check(z.regex(/^[0-9a-f]{32,64}$/));
/** Null until a person has confirmed it. One that an older version confirmed, without a code, must be confirmed again. */
const confirmed = z.nullable(
  z.object({ at: text, by: text, salt: hex, hash: hex, tries: z.int().check(z.minimum(0)) }),
);
/** What became of the last confirmation. */
const ended = z.nullable(z.object({ why: z.enum(['used', 'void']), at: text }));
/** `plan`: the plan file, as `plan --output` writes it. */
const shape = z.object({
  plan: text,
  confirmed: z.catch(confirmed, null),
  ended: z._default(z.catch(ended, null), null),
});
type Approval = z.infer<typeof shape>;

export interface ApprovalStore {
  /** The plan of this digest. */
  plan(digest: string): Promise<string | undefined>;
  /** A plan to be confirmed. One that is confirmed stays so: its digest is that of what was shown. */
  propose(digest: string, plan: string, now: Date): Promise<void>;
  /** Keeps that a person has confirmed it, and gives the code to be shown to that person alone. */
  confirm(digest: string, plan: string, by: { readonly at: Date; readonly user: string }): Promise<string>;
  /** The plan, once, for the right code within an hour. */
  redeem(digest: string, code: string, now: Date): Promise<Redeemed>;
}

const largest = 16 * 1024 * 1024;
const hour = 3600_000;
/** So often a code may be given before the confirmation is void. */
const mostTries = 5;

/** Undefined for a text that is no approval: the plan is made again. */
function readApproval(content: string): Approval | undefined {
  try {
    const read = shape.safeParse(JSON.parse(content));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Throws what the file system throws. Anything but a digest has no file. */
export function approvalStore({ folder }: { readonly folder: string }): ApprovalStore {
  const fileOf = (digest: string): string | undefined =>
    /^[0-9a-f]{64}$/.test(digest) ? path.join(folder, `${digest}.json`) : undefined;
  const get = async (digest: string): Promise<Approval | undefined> => {
    const file = fileOf(digest);
    const content = file === undefined ? undefined : await readOwnText(file, largest);
    return content === undefined ? undefined : readApproval(content);
  };
  const put = (digest: string, approval: Approval): void => {
    const file = fileOf(digest);
    if (file !== undefined) replaceFile(file, `${JSON.stringify(approval)}\n`);
  };
  return {
    plan: async (digest) => (await get(digest))?.plan,
    async propose(digest, plan, now) {
      const kept = await get(digest);
      if (kept?.confirmed && isOfLastHour(kept.confirmed.at, now)) return;
      put(digest, { plan, confirmed: null, ended: null });
    },
    async confirm(digest, plan, { at, user }) {
      const { code, kept } = await newCode(digest);
      put(digest, { plan, confirmed: { ...kept, at: at.toISOString(), by: user, tries: 0 }, ended: null });
      return code;
    },
    async redeem(digest, code, now) {
      const approval = await get(digest);
      const not = (why: Unconfirmed, at: string | null = null): Redeemed => ({ state: 'not-confirmed', why, at });
      if (approval === undefined) return not('unknown');
      const { confirmed: kept, ended: end } = approval;
      if (kept === null) return end === null ? not('waiting') : not(end.why, end.at);
      if (!isOfLastHour(kept.at, now)) return not('expired', kept.at);
      // A try counts before it is known how it ends; the plan is applied once, whatever becomes of it.
      const at = now.toISOString();
      const tries = kept.tries + 1;
      const isLast = tries >= mostTries;
      put(digest, {
        ...approval,
        confirmed: isLast ? null : { ...kept, tries },
        ended: isLast ? { why: 'void', at } : null,
      });
      if (!(await codeFits(code, digest, kept))) return { state: 'wrong-code', left: Math.max(0, mostTries - tries) };
      put(digest, { ...approval, confirmed: null, ended: { why: 'used', at } });
      return { state: 'plan', plan: approval.plan };
    },
  };
}

function isOfLastHour(at: string, now: Date): boolean {
  const age = now.getTime() - Date.parse(at);
  return age >= 0 && age < hour;
}
