/** 300 texts that pages have mistaken for something else, each at most 64 characters, no two the same. */

/** What a page that runs one of them would have set. */
export const MARK = '__hostile';

const run = `window.${MARK}=1`;

const SCRIPTS = [
  `<script>${run}</script>`,
  `</script><script>${run}</script>`,
  `"><script>${run}</script>`,
  `'><script>${run}</script>`,
  `</title><script>${run}</script>`,
  `</textarea><script>${run}</script>`,
  `<!--><script>${run}</script>`,
  `<svg><script>${run}</script>`,
  `<ScRiPt>${run}</sCrIpT>`,
  `<script src=//127.0.0.1:1/x></script>`,
  `<script type=module>${run}</script>`,
  `<noscript><p title="</noscript><img src=x>">`,
];

const TAGS = [
  'img src=x',
  'svg',
  'body',
  'video src=x',
  'audio src=x',
  'iframe',
  'details open',
  'input autofocus',
  'marquee',
  'object data=x',
];
const EVENTS = [
  'onerror',
  'onload',
  'onfocus',
  'ontoggle',
  'onstart',
  'onmouseover',
  'onanimationstart',
  'onpointerenter',
];
const HANDLERS = TAGS.flatMap((tag) => EVENTS.map((event) => `<${tag} ${event}=${run}>`));

const ATTRIBUTES = EVENTS.flatMap((event) => [`" ${event}="${run}`, `' ${event}='${run}`, `\` ${event}=${run} x=\``]);

const ADDRESSES = [
  'javascript:',
  'JaVaScRiPt:',
  ' javascript:',
  'java\tscript:',
  'vbscript:',
  'data:text/html,',
  '\u0001javascript:',
].flatMap((scheme) => [`${scheme}${run}`, `<a href="${scheme}${run}">x</a>`]);

const TEMPLATES = [
  '{{constructor.constructor("return 1")()}}',
  '{{7*7}}',
  '${7*7}',
  '#{7*7}',
  '<%= 7*7 %>',
  '[[7*7]]',
  '{%if 1%}x{%endif%}',
  '{"__html":"<b>x</b>"}',
  '{"$$typeof":"Symbol(react.element)"}',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'undefined',
  'null',
  'NaN',
  'Infinity',
  'true',
  'false',
  '[object Object]',
  '-0',
  '0',
  '1e309',
  '007',
  '0x1F',
];

const QUERIES = [
  "' or '1'='1",
  "'; drop table flags; --",
  '" or ""="',
  "1' union select null--",
  "\\'; select pg_sleep(9)--",
  '%',
  '_',
  '\\',
  '%25',
  '%00',
  '%0d%0aset-cookie:x=1',
  '../../etc/passwd',
  '..\\..\\windows',
  '|id',
  '`id`',
  '$(id)',
  '; id',
  '=1+1',
  '@SUM(1)',
  '+1',
  '-1+1',
];

const MARKUP = [
  '<b>bold</b>',
  '<h1>huge</h1>',
  '<style>*{display:none}</style>',
  '<link rel=stylesheet href=x>',
  '<meta http-equiv=refresh content=0>',
  '<base href=//x>',
  '<form action=/x><button>',
  '<plaintext>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '&lt;b&gt;',
  '&amp;',
  '&#60;b&#62;',
  '&nbsp;x',
  '<br>',
  '<table><tr><td>',
  '</div></div></div>',
  '<template><img src=x></template>',
  '# heading',
  '**bold**',
  '[link](javascript:1)',
  '![x](x)',
  '<x-element>',
];

const LETTERS = [
  'zero\u200bwidth',
  'join\u200dner',
  'soft\u00adhyphen',
  'right\u202eto left',
  '\u2067isolated\u2069',
  '\u200fmark',
  'مرحبا بالعالم',
  'שלום עולם',
  '你好，世界',
  'こんにちは',
  '안녕하세요',
  'สวัสดีชาวโลก',
  'नमस्ते दुनिया',
  'e\u0301 and é',
  'Ａ ｆｕｌｌ ｗｉｄｔｈ',
  'ﬃ ligature',
  'İstanbul ısı',
  'ß ẞ ſ',
  '👩‍👩‍👧‍👦 family',
  '🏳️‍🌈 flag',
  '🇪🇺 Europe',
  '👍🏽 thumb',
  '\ufeffmarked',
  '\ufffd replaced',
  '\u2028line',
  '\u2029paragraph',
  '\u0007bell',
  '\u001b[31mred',
  'tab\there',
  'two  spaces',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍',
  '\u{10ffff} last',
  '𝒜𝓈𝓉𝓇𝒶𝓁',
  '\u3000ideographic space',
  'W'.repeat(64),
  'i'.repeat(64),
  '.'.repeat(64),
  'x y '.repeat(16).trim(),
  '—'.repeat(64),
  '漢'.repeat(64),
];

const LISTED = [...SCRIPTS, ...HANDLERS, ...ATTRIBUTES, ...ADDRESSES, ...TEMPLATES, ...QUERIES, ...MARKUP, ...LETTERS];
const COUNT = 300;

/** The listed ones, and as many of them wrapped once more as are missing. */
export const HOSTILE_STRINGS: readonly string[] = fill();

/** What names, owners, tags and descriptions do not take. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** Those that the API takes for a name, an owner, a tag or a description. */
export const NAMES: readonly string[] = HOSTILE_STRINGS.filter((text) => !UNSEEN.test(text));
/** Those that it refuses there. */
export const NO_NAMES: readonly string[] = HOSTILE_STRINGS.filter((text) => UNSEEN.test(text));

function fill(): readonly string[] {
  const wrapped = LISTED.filter((text) => text.length <= 60).map((text) => `"'>${text}`);
  const all = [...new Set([...LISTED, ...wrapped])].filter((text) => text.length <= 64).slice(0, COUNT);
  if (all.length !== COUNT) throw new Error(`there are ${all.length} texts, not ${COUNT}`);
  return all;
}
