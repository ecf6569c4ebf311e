export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/** Settles as the promise does, or rejects with `DeadlinePassed` after `ms`; what the promise does later is ignored. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`${what} took longer than ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([promise, passed]);
  } finally {
    clearTimeout(timer);
  }
}
