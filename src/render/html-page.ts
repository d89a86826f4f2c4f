// A document as one HTML file that loads nothing: its style, and a script that sorts and filters its tables. Without the script
// everything is there, unsorted. Colours follow the reader's light or dark scheme. Pure.
import { xmlText } from './xml.ts';

const style = `
:root{color-scheme:light dark;--bad:light-dark(#a4262c,#ff9c9c);--ok:light-dark(#0b6a0b,#8fe08f);--warn:light-dark(#7a4a00,#ffd479);--dim:light-dark(#595959,#b3b3b3);--line:light-dark(#bbb,#555);--back:light-dark(#fff,#1b1b1b);--fore:light-dark(#1b1b1b,#f2f2f2);--band:light-dark(#f3f3f3,#262626);--link:light-dark(#0b5cad,#8ec5ff)}
body{font:15px/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;color:var(--fore);background:var(--back)}
a{color:var(--link)}
nav ul{display:flex;flex-wrap:wrap;gap:0 1.5rem;list-style:none;padding:0}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:var(--band);white-space:nowrap}
th button{all:unset;cursor:pointer;font-weight:bold}
th button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" \\25b2"}
th[aria-sort=descending] button::after{content:" \\25bc"}
form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:1rem 0}
label{display:grid}
input,select{font:inherit;padding:.2rem .4rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--band);padding:.5rem .8rem;margin:.5rem 0}
ins,del{text-decoration:none}
ins,.ok{color:var(--ok)}
del,.bad,.critical,.high{color:var(--bad)}
.warn,.medium{color:var(--warn)}
.dim{color:var(--dim)}
.critical,.high,.medium{font-weight:bold}
details{border:1px solid var(--line);padding:.4rem .8rem;margin:.4rem 0}
summary{cursor:pointer}
svg{max-width:100%;height:auto;font:13px system-ui,sans-serif}
svg rect{fill:var(--band);stroke:var(--line)}
svg text{fill:var(--fore)}
svg .dim{fill:var(--dim)}
svg .ok{fill:var(--ok)}
svg .bad{fill:var(--bad)}
svg .warn{fill:var(--warn)}
svg .name{font-weight:bold}
@media print{form,nav{display:none}details{break-inside:avoid}}
`;

/** The page allows no other script than this one. */
export const pageScript = `
'use strict';
const order = new Intl.Collator(undefined, { numeric: true });
const key = (row, at) => row.cells[at].dataset.key ?? row.cells[at].textContent;
for (const table of document.querySelectorAll('table.sorts')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const way = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', way === 1 ? 'ascending' : 'descending');
      const rows = [...table.tBodies[0].rows].sort((a, b) => way * order.compare(key(a, at), key(b, at)));
      table.tBodies[0].append(...rows);
    });
  });
}
for (const form of document.querySelectorAll('form')) {
  const rows = [...document.getElementById(form.dataset.for).tBodies[0].rows];
  const fields = [...form.querySelectorAll('[name]')];
  const count = form.querySelector('output');
  const filter = () => {
    let shown = 0;
    for (const row of rows) {
      const fits = fields.every(({ name, value }) => value === '' || (name === 'text' ? row.textContent.toLowerCase().includes(value.toLowerCase()) : row.dataset[name] === value));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    count.textContent = shown + ' of ' + rows.length;
  };
  form.hidden = false;
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  filter();
}
`;
/** SHA-256 of the script as a content security policy names it. */
export const pageScriptHash = 'sha256-/9TBpfp76hhXhJmp8nA093iIMz2HLfUK+aNCLO6g+JM=';

/** `body` is HTML. */
export const htmlPage = (title: string, body: string): string => `${pageHead(title)}${body}${pageEnd}`;

export const pageHead = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${pageScriptHash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xmlText(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
`;

export const pageEnd = `</main>
<script>${pageScript}</script>
</body>
</html>
`;

interface HtmlTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  /** Rows of HTML. */
  readonly rows: Iterable<string>;
}

/** A table that can be sorted, and scrolled where it is wide. */
export const htmlTable = (table: HtmlTable): string => [...htmlTablePieces(table)].join('');

/** The same in pieces. */
export function* htmlTablePieces({ id, title, columns, rows }: HtmlTable): Generator<string, void> {
  yield `<div class="table" role="region" aria-label="${xmlText(title)}" tabindex="0">
<table class="sorts" id="${id}">
<thead><tr>${columns.map((name) => `<th scope="col">${xmlText(name)}</th>`).join('')}</tr></thead>
<tbody>
`;
  let isFirst = true;
  for (const row of rows) {
    yield isFirst ? row : `\n${row}`;
    isFirst = false;
  }
  yield '\n</tbody>\n</table>\n</div>\n';
}

/** Fields that filter the rows of a table: any text, and the values that its rows have as `data-NAME`. */
export const htmlFilter = (table: string, choices: Readonly<Record<string, readonly string[]>>): string =>
  `<form data-for="${table}" hidden>
<label>Filter <input name="text" type="search"></label>
${Object.entries(choices)
  .map(([name, values]) => {
    const options = values.map((value) => `<option>${xmlText(value)}</option>`).join('');
    return `<label>${xmlText(name.charAt(0).toUpperCase() + name.slice(1))} <select name="${name}"><option value="">all</option>${options}</select></label>`;
  })
  .join('\n')}
<output aria-live="polite"></output>
</form>
`;
