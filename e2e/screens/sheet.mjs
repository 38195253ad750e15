// The contact sheet: all pictures on one page, grouped by screen, to be looked at in one sitting.
const escape = (s) => s.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

export function contactSheet(done) {
  const groups = new Map();
  for (const d of done) groups.set(d.screen.name, [...(groups.get(d.screen.name) ?? []), d]);
  const figure = (d) => `<figure class="${d.size}${d.failed || d.missing || d.wide || d.axe?.length ? ' bad' : ''}"><a href="${d.file}"><img loading="lazy" src="${d.file}" alt="${escape(d.file)}"></a><figcaption>${escape(`${d.screen.state} · ${d.lang} · ${d.theme}`)}${d.failed || d.missing ? ` · ${escape(d.failed ?? d.missing)}` : ''}</figcaption></figure>`;
  return `<!doctype html><meta charset="utf-8"><title>Hawker: every screen</title><style>
body{margin:24px;background:#2a2522;color:#f6ece0;font:14px/1.5 system-ui,sans-serif}h2{margin:32px 0 8px}section{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}
figure{margin:0}figure.phone img{width:195px}figure.desktop img{width:480px}img{display:block;border-radius:8px;background:#000}figcaption{font-size:12px;opacity:.8}.bad figcaption{color:#ff8a6c;max-width:480px}nav a{color:inherit;margin-right:12px}
</style><h1>${done.length} pictures</h1><nav>${[...groups.keys()].map((g) => `<a href="#${g}">${g}</a>`).join('')}</nav>${[...groups].map(([g, all]) => `<h2 id="${g}">${g}</h2><section>${all.map(figure).join('')}</section>`).join('')}`;
}
