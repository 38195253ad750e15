// `make screens-docs`: picks the pictures README and guide show from out/screens and compresses them into docs/screens.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/server.mjs';

/** All of them together; a clone should stay light. */
const LIMIT_BYTES = 3 * 2 ** 20;
const WIDTH = { phone: 585, desktop: 1440 };
const QUALITY = '82';

const picks = {
  'feed-phone': 'feed-clip-phone-zh-dark', 'feed-phone-en': 'feed-clip-phone-en-dark', 'feed-desktop': 'feed-clip-desktop-zh-dark',
  'live-phone': 'live-selling-phone-zh-dark', 'live-phone-en': 'live-selling-phone-en-dark', 'live-desktop': 'live-selling-desktop-zh-dark',
  'buy-phone': 'live-buy-phone-zh-dark', 'buy-phone-en': 'live-buy-phone-en-dark', 'square-phone': 'square-live-phone-zh-dark',
  'channel-phone': 'channel-market-phone-zh-dark', 'channel-phone-en': 'channel-market-phone-en-dark', 'order-phone': 'order-shipped-phone-zh-light', 'order-phone-en': 'order-shipped-phone-en-light',
  'me-phone': 'me-viewer-phone-zh-light', 'replay-phone': 'replay-playing-phone-zh-dark',
  'live-console': 'console-live-on-air-desktop-zh-dark', 'live-console-en': 'console-live-on-air-desktop-en-dark',
  'orders-console': 'console-orders-list-desktop-zh-light', 'orders-console-en': 'console-orders-list-desktop-en-light',
  'home-console': 'console-home-host-desktop-zh-light', 'home-console-en': 'console-home-host-desktop-en-light',
  'product-console': 'console-product-edit-desktop-zh-light', 'review-console': 'console-review-session-desktop-zh-light', 'review-console-en': 'console-review-session-desktop-en-light',
  'publish-console': 'console-publish-form-desktop-zh-light', 'shop-open-console-en': 'console-shop-open-form-desktop-en-light', 'prepare-console-en': 'console-prepare-form-desktop-en-light',
  'operator-console': 'operator-rooms-desktop-zh-light',
};

const from = join(root, 'out/screens');
const to = join(root, 'docs/screens');
mkdirSync(to, { recursive: true });
const missing = Object.values(picks).filter((f) => !existsSync(join(from, `${f}.png`)));
if (missing.length) {
  console.error(`run make screens first; not there:\n  ${missing.join('\n  ')}`);
  process.exit(1);
}
for (const name of readdirSync(to)) if (name.endsWith('.webp')) rmSync(join(to, name));
for (const [name, file] of Object.entries(picks)) {
  const width = WIDTH[file.includes('-phone-') ? 'phone' : 'desktop'];
  execFileSync('cwebp', ['-quiet', '-q', QUALITY, '-resize', String(width), '0', join(from, `${file}.png`), '-o', join(to, `${name}.webp`)]);
}
const bytes = readdirSync(to).reduce((sum, f) => sum + statSync(join(to, f)).size, 0);
console.log(`${Object.keys(picks).length} pictures, ${(bytes / 2 ** 20).toFixed(2)} MB`);
if (bytes > LIMIT_BYTES) {
  console.error('more than 3 MB together');
  process.exit(1);
}
