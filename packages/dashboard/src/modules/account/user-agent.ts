/** Which device a session is on, from what its browser says of itself: “Firefox on Windows”. A guess that people recognise; nothing rests on it. */

export interface Device {
  readonly words: string;
  readonly kind: 'computer' | 'phone' | 'program';
}

/** The first that fits: browsers name their relatives too, so the special ones stand first. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
  [/\bAppleWebKit\//, 'A WebKit browser'],
];

const SYSTEMS: readonly (readonly [RegExp, string, Device['kind']])[] = [
  [/\biPhone\b/, 'iPhone', 'phone'],
  [/\biPad\b/, 'iPad', 'phone'],
  [/\bAndroid\b/, 'Android', 'phone'],
  [/\bWindows\b/, 'Windows', 'computer'],
  [/\bCrOS\b/, 'ChromeOS', 'computer'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS', 'computer'],
  [/\bLinux\b|\bX11\b/, 'Linux', 'computer'],
];

const LONGEST_PROGRAM = 40;

export function deviceOf(userAgent: string): Device {
  const browser = BROWSERS.find(([sign]) => sign.test(userAgent))?.[1];
  const system = SYSTEMS.find(([sign]) => sign.test(userAgent));
  if (browser !== undefined && system !== undefined) return { words: `${browser} on ${system[1]}`, kind: system[2] };
  if (browser !== undefined) return { words: browser, kind: 'computer' };
  if (system !== undefined) return { words: `A browser on ${system[1]}`, kind: system[2] };
  const program = /^[^\s/]+/.exec(userAgent.trim())?.[0];
  return { words: program === undefined ? 'An unknown program' : program.slice(0, LONGEST_PROGRAM), kind: 'program' };
}
