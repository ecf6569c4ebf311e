// The gate's worker with an evaluator that has bugs: an attribute's name says which one meets whoever reads it.
const { hasOwn } = Object;
Object.hasOwn = (object, name) => {
  if (name === 'planted-hang') for (;;);
  if (name === 'planted-throw') throw new Error('planted');
  if (name === 'planted-end') process.exit(1);
  return hasOwn(object, name);
};
await import('../dist/modules/publishing/gate-worker.js');
