// What people type to have it run in somebody else's page. Every vector calls alert, which the page under
// test has replaced by a counter.
export const vectors = [
  '<script>alert(1)</script>', '<ScRiPt>alert(1)</sCrIpT>', '<script src=data:,alert(1)></script>', '<script/x>alert(1)</script/x>', '<script>alert`1`</script',
  '<img src=x onerror=alert(1)>', '<img src=x onerror="alert(1)">', '<img/src=x/onerror=alert(1)>', '<img src=x\tonerror=alert(1)>', '<IMG SRC=x ONERROR=alert(1)>', '<img src=x:alert(1) onerror=eval(src)>',
  '<svg onload=alert(1)>', '<svg/onload=alert(1)>', '<svg><script>alert(1)</script></svg>', '<svg><animate onbegin=alert(1) attributeName=x>', '<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x">', '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>', '<body onload=alert(1)>', '<body onpageshow=alert(1)>',
  '<iframe src=javascript:alert(1)>', '<iframe srcdoc="<script>parent.alert(1)</script>">', '<object data=javascript:alert(1)>', '<embed src=javascript:alert(1)>', '<a href=javascript:alert(1)>x</a>', '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="&#106;avascript:alert(1)">x</a>', '<a href="data:text/html,<script>alert(1)</script>">x</a>', '<form action=javascript:alert(1)><button>x</button></form>', '<button formaction=javascript:alert(1)>x</button>',
  '<input autofocus onfocus=alert(1)>', '<select autofocus onfocus=alert(1)>', '<textarea autofocus onfocus=alert(1)>', '<details open ontoggle=alert(1)>', '<video><source onerror=alert(1)></video>', '<audio src=x onerror=alert(1)>',
  '<video poster=x onloadstart=alert(1) src=x>', '<marquee onstart=alert(1)>', '<style>@import"data:text/css,*{x:1}"</style>', '<style onload=alert(1)></style>', '<link rel=stylesheet href=data:text/css, onload=alert(1)>',
  '<meta http-equiv=refresh content="0;url=javascript:alert(1)">', '<base href=//evil.example/>', '<div style="animation:x" onanimationstart=alert(1)>', '<div onpointerover=alert(1) style="position:fixed;inset:0">', '<x contenteditable onblur=alert(1)>x',
  '"><script>alert(1)</script>', "'><script>alert(1)</script>", '" onerror=alert(1) x="', "' onmouseover=alert(1) x='", '`onload=alert(1)`', '--><script>alert(1)</script><!--', ']]><script>alert(1)</script>', '</title><script>alert(1)</script>',
  '</textarea><script>alert(1)</script>', '</style><script>alert(1)</script>', '</script><script>alert(1)</script>', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '<template><script>alert(1)</script></template>',
  '{{alert(1)}}', '{{constructor.constructor("alert(1)")()}}', '${alert(1)}', '#{alert(1)}', '[[alert(1)]]', '<p v-html="alert(1)">', '<p @click="alert(1)">', 'javascript:alert(1)', 'JaVaScRiPt://%0aalert(1)', 'data:text/html,<script>alert(1)</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;', '&#60;script&#62;alert(1)&#60;/script&#62;', '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e', '%3Cscript%3Ealert(1)%3C/script%3E', '＜script＞alert(1)＜/script＞', '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<!--<img src="--><img src=x onerror=alert(1)//">', '<img src="x` `<script>alert(1)</script>"` `>', '<a onclick=alert(1)>x', '<b onmouseenter=alert(1)>x</b>', '<script type=module>import("data:text/javascript,alert(1)")</script>',
];

// Fields with few characters take these.
export const short = ['<svg onload=alert()>', '<q onclick=alert()>', '"><b onclick=alert>', '{{alert(1)}}', "'onfocus=alert() '"];

// packs joins vectors into texts of at most `most` characters.
export function packs(most, list = vectors) {
  const out = [''];
  for (const v of list) {
    if (v.length > most) continue;
    const at = out.length - 1;
    if (out[at].length + v.length + 1 > most) out.push(v);
    else out[at] = out[at] ? `${out[at]} ${v}` : v;
  }
  return out;
}

// watch counts on a page what ran and what its policy had to stop. Text that stays text does neither.
export async function watch(page) {
  await page.context().addInitScript(() => {
    window.ran = [];
    window.stopped = [];
    for (const name of ['alert', 'prompt', 'confirm', 'print']) window[name] = (...args) => { window.ran.push(`${name}(${args})`); };
    document.addEventListener('securitypolicyviolation', (e) => window.stopped.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  });
}
