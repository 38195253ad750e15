// Design pictures beside the built screens at the same size, one file each, in out/screens/compare.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';

const GAP = 16;

function targetOf(job, have) {
  const t = typeof job.screen.target === 'object' ? job.screen.target[job.size] : job.screen.target;
  if (!t) return undefined;
  const names = [t, `${t}-${job.lang}`, `${t}-${job.lang}-${job.theme}`];
  return have.find((f) => {
    const name = basename(f, '.png');
    const said = /-(zh|en)(-|$)/.exec(name)?.[1] ?? job.lang;
    const worn = /-(light|dark)$/.exec(name)?.[1] ?? job.theme;
    return names.includes(name) && said === job.lang && worn === job.theme;
  });
}

export async function compare(done, targets, out) {
  const have = readdirSync(targets, { recursive: true }).map(String).filter((f) => f.endsWith('.png'));
  const dir = join(out, 'compare');
  mkdirSync(dir, { recursive: true });
  const used = new Set();
  for (const job of done) {
    const target = targetOf(job, have);
    const phone = target?.includes('viewer') && job.size === 'phone';
    const built = join(out, job.file);
    if (!target || !existsSync(built) || (job.size === 'desktop') === (target.includes('viewer') && !target.includes('desktop'))) continue;
    const size = phone ? '390x844' : '1440x900';
    execFileSync('montage', [join(targets, target), built, '-tile', '2x1', '-resize', `${size}!`, '-geometry', `+${GAP}+${GAP}`, '-background', '#2a2522', join(dir, `${basename(target, '.png')}--${job.theme}.png`)]);
    used.add(target);
  }
  console.log(`\ncompare: ${used.size} of ${have.length} design pictures have a screen beside them`);
}
