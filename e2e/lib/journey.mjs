// One server and one browser for a spec file; each journey gets fresh people and pages, and says why it failed.
import { after, before, test } from 'node:test';
import { calm, dropShots, launch, open, shot } from './browser.mjs';
import { audit, start } from './server.mjs';
import { stopAll } from './stream.mjs';

const JOURNEY_MS = 180_000;

// journeys returns the function that declares one. `world` is serve (empty) or demo (the sample world).
export function journeys({ world = 'serve' } = {}) {
  const w = {};
  before(async () => { [w.server, w.browser] = await Promise.all([start({ world }), launch()]); });
  after(async () => {
    stopAll();
    await w.browser?.close();
    await w.server?.stop();
    try {
      if (w.server) clean(w.server.data);
    } finally {
      await w.server?.remove();
    }
  });
  return (name, run, { ms = JOURNEY_MS } = {}) => test(name, { timeout: ms }, async (t) => {
    const failed = `failed-${name.replace(/[^\w\u4e00-\u9fff]+/g, '-').slice(0, 60)}`;
    dropShots(failed);
    const pages = [];
    const opener = (size) => async (person, options) => {
      const page = await open(w.browser, w.server.url, size, person, options);
      pages.push(page);
      return page;
    };
    try {
      await run({ server: w.server, browser: w.browser, phone: opener('phone'), desktop: opener('desktop'), note: (text) => t.diagnostic(text) });
      pages.forEach(calm);
      // The sample world's actors go on buying: it is audited once they are gone.
      if (world === 'serve') clean(w.server.data);
    } catch (err) {
      for (const [i, page] of pages.entries()) await shot(page, `${failed}-${i + 1}`).catch(() => undefined);
      console.error(`--- ${name}: faults of its pages ---\n${pages.flatMap((p) => p.faults).join('\n') || 'none'}\n--- end of the server's log ---\n${w.server.tail}\n---`);
      throw err;
    } finally {
      stopAll();
      await Promise.all(pages.map((p) => p.context().close()));
    }
  });
}

// clean fails when the data a journey left behind breaks a rule.
function clean(data) {
  const said = audit(data);
  if (!/ 0 breaks/.test(said)) throw new Error(said);
}
