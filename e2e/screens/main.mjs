// `make screens`: a picture of every screen and state, in both sizes, languages and themes, taken from running
// servers, and one contact sheet. Each picture's page is read by axe as well: a serious finding fails the run.
//
//   ONLY=live,order      pictures whose name holds one of these
//   LANGS=zh SIZES=phone THEMES=dark
//   TARGETS=dir          design pictures named like the catalogue's targets: also writes compare/
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { launch, open } from '../lib/browser.mjs';
import { root } from '../lib/server.mjs';
import { stopAll } from '../lib/stream.mjs';
import { catalogue } from './catalogue.mjs';
import { compare } from './compare.mjs';
import { contactSheet } from './sheet.mjs';
import { bare, sample, strained } from './world.mjs';

const out = join(root, 'out/screens');
/** Two pages at once is what two cores draw without starving each other. */
const HANDS = Number(process.env.HANDS ?? 2);
const locales = { zh: 'zh-CN', en: 'en' };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const chosen = (name, all) => (process.env[name] ? all.filter((x) => process.env[name].split(',').includes(x)) : all);
const only = process.env.ONLY?.split(',');

function jobs() {
  const list = [];
  for (const screen of catalogue) {
    if (only && !only.some((o) => `${screen.name}-${screen.state}`.includes(o))) continue;
    for (const size of chosen('SIZES', screen.at === 'both' ? ['phone', 'desktop'] : [screen.at])) {
      if (screen.at !== 'both' && screen.at !== size) continue;
      for (const lang of chosen('LANGS', ['zh', 'en'])) {
        for (const theme of chosen('THEMES', ['light', 'dark'])) {
          if (screen.themes && !screen.themes.includes(theme)) continue;
          list.push({ screen, size, lang, theme, file: `${screen.name}-${screen.state}-${size}-${lang}-${theme}.png` });
        }
      }
    }
  }
  return list;
}

// settled waits until what is in view has arrived: no skeleton, fonts and pictures there, entrance motion over.
async function settled(page, ms) {
  await page.waitForLoadState('load');
  if (ms === 0) return page.waitForTimeout(700);
  await page.waitForFunction(() => {
    const inView = (el) => { const r = el.getBoundingClientRect(); return r.width > 0 && r.bottom > 0 && r.top < innerHeight; };
    return document.fonts.status === 'loaded' && document.querySelector('#app')?.childElementCount
      && ![...document.querySelectorAll('[aria-busy="true"], .skeleton')].some(inView)
      && [...document.images].filter(inView).every((i) => i.complete);
  }, undefined, { timeout: 5000 }).catch(() => undefined);
  await page.waitForTimeout(ms ?? 700);
}

async function findings(page, job) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter((v) => v.impact === 'critical' || v.impact === 'serious')
    .flatMap((v) => v.nodes.map((n) => ({ file: job.file, line: `${v.id} (${v.impact}) ${n.target.join(' ')}: ${n.any[0]?.message ?? v.help}` })));
}

// overflow names what a person would have to scroll sideways for.
const overflow = (page) => page.evaluate(() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  return wide > 1 ? `the page is ${wide} px wider than the window` : undefined;
});

async function take(browser, worlds, job) {
  const { screen, size, lang, theme } = job;
  const world = worlds[screen.world ?? 'sample'];
  const path = screen.path(world);
  if (!path) return { ...job, missing: 'nothing of this kind in the world' };
  const page = await open(browser, world.server.url, size, screen.who && world.people[screen.who], { locale: locales[lang], colorScheme: theme, deviceScaleFactor: size === 'phone' ? 2 : 1 });
  try {
    await page.addInitScript((t) => { localStorage.setItem('hawker.theme', t); localStorage.setItem('hawker.tour.seen', '1'); }, theme);
    await screen.before?.(page);
    await page.goto(path);
    await settled(page, screen.settle);
    let failed;
    try {
      await screen.act?.(page, world);
    } catch (err) {
      failed = String(err.message).split('\n')[0];
    }
    await page.screenshot({ path: join(out, job.file) });
    return { ...job, failed, wide: await overflow(page), axe: process.env.AXE === '0' ? [] : await findings(page, job) };
  } finally {
    await page.context().close();
  }
}

async function run() {
  const list = jobs();
  if (!only) rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const needs = new Set(list.map((j) => j.screen.world ?? 'sample'));
  const makers = { sample, strained, bare };
  const worlds = {};
  const browser = await launch();
  const done = [];
  try {
    for (const name of needs) worlds[name] = await makers[name]();
    const queue = [...list];
    await Promise.all(Array.from({ length: HANDS }, async () => {
      for (let job = queue.shift(); job; job = queue.shift()) {
        try {
          done.push(await take(browser, worlds, job));
        } catch (err) {
          done.push({ ...job, failed: String(err.message).split('\n')[0] });
        }
        process.stdout.write(`\r${done.length}/${list.length} ${job.file}                    `);
      }
    }));
  } finally {
    stopAll();
    await browser.close();
    await Promise.all(Object.values(worlds).map((w) => w.server.remove()));
  }
  done.sort((a, b) => list.findIndex((j) => j.file === a.file) - list.findIndex((j) => j.file === b.file));
  writeFileSync(join(out, 'index.html'), contactSheet(done));
  if (process.env.TARGETS) await compare(done, process.env.TARGETS, out);
  return report(done);
}

function report(done) {
  const bad = done.filter((d) => d.failed || d.missing);
  const wide = done.filter((d) => d.wide);
  const lines = new Map();
  for (const f of done.flatMap((d) => d.axe ?? [])) lines.set(f.line, [...(lines.get(f.line) ?? []), f.file]);
  console.log(`\n${done.length - bad.length} pictures in out/screens, ${bad.length} not taken, ${wide.length} too wide, ${lines.size} serious findings of axe`);
  for (const d of bad) console.log(`  not taken as meant: ${d.file}: ${d.failed ?? d.missing}`);
  for (const d of wide) console.log(`  too wide: ${d.file}: ${d.wide}`);
  for (const [line, files] of lines) console.log(`  axe: ${line}\n       on ${[...new Set(files)].slice(0, 4).join(', ')}${files.length > 4 ? ` and ${files.length - 4} more` : ''}`);
  return bad.length || wide.length || lines.size ? 1 : 0;
}

process.exitCode = await run();
