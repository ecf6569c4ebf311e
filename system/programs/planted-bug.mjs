/**
 * A build of this program with a bug in how it prepares a flag: one value, which every check lets pass, kills it. Loaded with
 * --import by tests of what such a build costs; nothing of it is in the product.
 */
const BUG = '"a value that meets the bug"';
const { parse } = JSON;

JSON.parse = (text, ...rest) => {
  // A flag alone: messages of several lines, and everything the program says itself, are read as ever.
  if (typeof text === 'string' && text.startsWith('{"key":') && text.includes(BUG))
    process.kill(process.pid, 'SIGKILL');
  return parse(text, ...rest);
};
