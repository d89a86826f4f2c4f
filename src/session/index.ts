// The session, in one place to import from.

export { defaultRetryPolicy, type RetryPolicy } from './apply-context.ts';
export { createSession, type IntentStore, type SessionOptions } from './create.ts';
export { createFileSession, type FileSessionOptions } from './create-file-session.ts';
export { planDigest } from './digest.ts';
export { type FileText, type FromOptions, snapshotFromTexts } from './from-files.ts';
export type { TagOptions, TagStore } from './service-tags.ts';
