// The session, in one place to import from.
export { createSession, type IntentStore, type SessionOptions } from './create.ts';
export { createFileSession, type FileSessionOptions } from './create-file-session.ts';
export { type FileText, type FromOptions, snapshotFromTexts } from './from-files.ts';
export { type Pace, usualPace } from './means.ts';
export type { TagOptions, TagStore } from './service-tags.ts';
