/**
 * A disk as a power cut finds it: bytes and names are in memory until they are synced, and what was not synced may be
 * there, torn, or gone. A killed process loses nothing of it.
 */
import type { SeededRandom } from './seeded-random.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

interface File {
  text: string;
  /** What is on the disk for certain. */
  synced: string;
}

export type DiskFault = 'none' | 'full' | 'hung';

export class SimulatedDisk {
  #fault: DiskFault = 'none';
  /** What waits for a disk that hangs. */
  #waiting: (() => void)[] = [];
  readonly #syncs: boolean;
  readonly #world: World;
  readonly #machine: Machine;
  /** What processes see. */
  #names = new Map<string, File>();
  /** What the folder on the disk says for certain, and what was done to it since, in order. */
  #syncedNames = new Map<string, File>();
  #unsynced: ((names: Map<string, File>) => void)[] = [];
  #tornBytes = 0;
  #files = 0;

  /** `syncs`: whether a sync is one. */
  constructor(world: World, machine: Machine, syncs: boolean) {
    this.#syncs = syncs;
    this.#world = world;
    this.#machine = machine;
  }

  /** Bytes that power cuts have taken. */
  get tornBytes(): number {
    return this.#tornBytes;
  }

  breakDown(fault: Exclude<DiskFault, 'none'>): void {
    this.#fault = fault;
  }

  /** What hung goes on. */
  mend(): void {
    this.#fault = 'none';
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  freshName(prefix: string): string {
    return `${prefix}${(this.#files += 1)}`;
  }

  async read(name: string): Promise<string | null> {
    await this.#turn();
    return this.#names.get(name)?.text ?? null;
  }

  async list(prefix: string): Promise<readonly string[]> {
    await this.#turn();
    return [...this.#names.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async write(name: string, text: string): Promise<void> {
    await this.#turn();
    this.writeNow(name, text);
  }

  /** Without waiting, as `writeSync`. */
  writeNow(name: string, text: string): void {
    if (this.#fault !== 'none') throw new Error('ENOSPC: no space left on device');
    const known = this.#names.get(name);
    const file = known ?? { text: '', synced: '' };
    file.text = text;
    if (known === undefined) this.#do((names) => names.set(name, file));
  }

  async sync(name: string): Promise<void> {
    await this.#turn();
    const file = this.#names.get(name);
    if (file !== undefined && this.#syncs) file.synced = file.text;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turn();
    const file = this.#names.get(from);
    if (file === undefined) return;
    this.#do((names) => {
      names.delete(from);
      names.set(to, file);
    });
  }

  removeNow(name: string): void {
    this.#do((names) => names.delete(name));
  }

  async syncFolder(): Promise<void> {
    await this.#turn();
    this.#syncedNames = new Map(this.#names);
    this.#unsynced = [];
  }

  /** Of what was done to the folder and not synced some was done, in order; each file is whole, torn, or as it was synced. */
  cutPower(random: SeededRandom): void {
    for (const act of this.#unsynced.slice(0, random.below(this.#unsynced.length + 1))) act(this.#syncedNames);
    const torn = new Map<File, File>();
    for (const file of this.#syncedNames.values()) if (!torn.has(file)) torn.set(file, this.#tear(file, random));
    this.#names = new Map([...this.#syncedNames].map(([name, file]) => [name, torn.get(file) ?? file]));
    this.#syncedNames = new Map(this.#names);
    this.#unsynced = [];
  }

  /** One byte of one file is another one: a bad disk. False: there is no such file. */
  spoil(name: string, random: SeededRandom): boolean {
    const file = this.#names.get(name);
    if (file === undefined || file.text === '') return false;
    const at = random.below(file.text.length);
    file.text = `${file.text.slice(0, at)}${file.text[at] === '#' ? '!' : '#'}${file.text.slice(at + 1)}`;
    file.synced = file.text;
    return true;
  }

  #do(act: (names: Map<string, File>) => void): void {
    act(this.#names);
    this.#unsynced.push(act);
  }

  #tear({ text, synced }: File, random: SeededRandom): File {
    const choice = text === synced ? 0 : random.below(3);
    // What was only added to keeps what was synced.
    const whole = text.startsWith(synced) ? synced.length : 0;
    const left = choice === 0 ? text : choice === 1 ? synced : text.slice(0, random.between(whole, text.length));
    if (left !== text) this.#tornBytes += text.length - left.length;
    return { text: left, synced: left };
  }

  /** Every call takes its time, so that a process may die between any two. */
  #turn(): Promise<void> {
    const { life } = this.#machine;
    return new Promise((resolve) => {
      const goOn = (): void => {
        if (this.#machine.life === life) this.#world.after(this.#machine, this.#world.random.between(0, 3), resolve);
      };
      if (this.#fault === 'hung') this.#waiting.push(goOn);
      else goOn();
    });
  }
}
