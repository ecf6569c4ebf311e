/** Texts that dialects may read as numbers and versions, and texts that look like them. */

export const NUMBER_TEXTS: readonly string[] = [
  ['', ' ', '\t\n', '0', '-0', '1', '5', ' 5 ', '5.0', '05', '+5', '-5', '0.5', '.5', '5.', '.', '5e0', '5e', '1e+21'],
  ['0x5', '0X5', '-0x5', '0x', '0o5', '0b101', '0b2', '5_0', '5n', '5f', '1,5', '1e999', '-1e999', '1e-999', '٥'],
  ['Infinity', '-Infinity', 'infinity', 'inf', 'NaN', 'abc', 'ABC', 'true', 'false', 'null', 'undefined'],
  ['\ufeff5\u2029', '\u00a05\u3000', '\u180e5', '\u00855', '\u001c5', '5 5', '5\u0000'],
].flat();

export const VERSION_TEXTS: readonly string[] = [
  ['1.2.3', '1.2.3+b', '1.2.3-rc.1', '1.2.3-rc.1+b', '1.2.3-rc.2', '1.2.3-rc.10', '1.2.3-rc', '1.2.3-1', '1.2.3-alpha'],
  ['1.2.3-0a', '1.2.3-a.b-c', '1.2.4', '1.3.0', '1.10.0', '2.0.0', '0.0.0', '9007199254740991.1.1', '9007199254740991'],
  ['v1.2.3', 'V1.2.3', 'vv1.2.3', 'Vv1.2.3', 'vV1.2.3', '=1.2.3', 'v=1.2.3', '1', 'v1', '1.2', 'V1.2', '0', 'vv1'],
  ['1.', '.1', '1.2.', '1.2-rc.1', '1-rc', '1.2+b', '1.2.3.4', '01', '1.02', '01.2.3', '1.2.3-01', '1.2.3-', '1.2.3+'],
  ['1.x', '1.2.x', '-1', '1.-1', '1e3', '９', 'v', 'x', '', ' '],
].flat();

/** With white space, or what other languages take for it. */
export const SPACED_VERSION_TEXTS: readonly string[] = [
  [' 1.2.3', '1.2.3 ', '1.2.3\n', '\u00a01.2.3\ufeff', 'v 1.2.3', ' v1.2.3', ' V1.2.3', ' vv1.2.3'],
  [' 1', '1 ', '1\n', '\u180e1.2.3', '\u00851.2.3', '\u001c1.2.3', '1. 2.3'],
].flat();

/** What texts that nearly are numbers, and that nearly are versions, consist of. */
export const NUMBER_UNITS: readonly string[] = Array.from('0015.eExXbBoO+- _aFInfity\u00a0\u0085');
export const VERSION_UNITS: readonly string[] = Array.from('0012..vV-+a \u00a0');
