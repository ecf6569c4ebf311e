/** Where a process runs. What it was about to do is gone once it died. */
export class Machine {
  readonly name: string;
  /** How often a process was started here; whoever belongs to an earlier one is dead. */
  life = 0;
  isUp = false;
  /** How wrong its clock is. */
  clockOffsetMs = 0;

  constructor(name: string) {
    this.name = name;
  }
}
