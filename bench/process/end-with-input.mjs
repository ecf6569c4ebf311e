// @ts-check
/** Imported by scripts that a bench starts: they end when the bench does, even when it was killed. */
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
