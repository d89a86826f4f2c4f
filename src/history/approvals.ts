// Plans that an assistant made, each in a file under its digest: proposed until a person confirms it in a terminal, then applied once.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { readOwnText } from '../disk/read-text.ts';
import { replaceFile } from '../disk/replace-file.ts';

export interface Approval {
  /** The plan file, as `plan --output` writes it. */
  readonly plan: string;
  /** Null until a person has confirmed it. */
  readonly confirmed: { readonly at: string; readonly by: string } | null;
}

export interface ApprovalStore {
  get(digest: string): Promise<Approval | undefined>;
  put(digest: string, approval: Approval): void;
  /** It is applied once. */
  forget(digest: string): void;
}

/** Undefined for a text that is no approval: the plan is made again. */
function readApproval(text: string): Approval | undefined {
  try {
    const { plan, confirmed } = JSON.parse(text) as Partial<Approval>;
    return typeof plan === 'string' ? { plan, confirmed: confirmed ?? null } : undefined;
  } catch {
    return undefined;
  }
}

const largest = 16 * 1024 * 1024;

/** Throws what the file system throws. Anything but a digest has no file. */
export function approvalStore({ folder }: { readonly folder: string }): ApprovalStore {
  const fileOf = (digest: string): string | undefined =>
    /^[0-9a-f]{64}$/.test(digest) ? path.join(folder, `${digest}.json`) : undefined;
  return {
    async get(digest) {
      const file = fileOf(digest);
      const text = file === undefined ? undefined : await readOwnText(file, largest);
      return text === undefined ? undefined : readApproval(text);
    },
    put(digest, approval) {
      const file = fileOf(digest);
      if (file !== undefined) replaceFile(file, `${JSON.stringify(approval)}\n`);
    },
    forget(digest) {
      const file = fileOf(digest);
      if (file !== undefined) rmSync(file, { force: true });
    },
  };
}
