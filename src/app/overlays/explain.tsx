// Why findings fail and what their fix does, over the plan that resolves them.
import type { Finding } from '../../model/finding.ts';
import { TextDialog } from '../components/TextDialog.tsx';
import { explainLines } from '../screens/parts/finding-text.ts';
import { defineOverlay } from '../state/view.ts';
import { scrolled } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly explain: ExplainOverlay;
  }
}

interface ExplainOverlay {
  readonly kind: 'explain';
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly top: number;
}

export const explain = defineOverlay<ExplainOverlay>({
  kind: 'explain',
  crumb: () => 'explain',
  places: () => ['text'],
  text: ({ findings }, state, width) =>
    findings.flatMap((finding, at) => [...(at === 0 ? [] : [[], []]), ...explainLines(finding, state, width)]),
  move: scrolled,
  Body: ({ slice, state }) => (
    <TextDialog title={slice.title} top={slice.top} layout={state.view.layout} lines={state.panel.value} />
  ),
});
