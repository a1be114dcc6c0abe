/** A stack of tasks in typed arrays: what to do, with which node, how far it has come. Grows as it must. */
export class TaskStack {
  #task = new Uint8Array(1024);
  #node = new Uint32Array(1024);
  #cursor = new Uint32Array(1024);
  #depth = 0;

  get isEmpty(): boolean {
    return this.#depth === 0;
  }

  get task(): number {
    return this.#task[this.#depth - 1];
  }

  get node(): number {
    return this.#node[this.#depth - 1];
  }

  get cursor(): number {
    return this.#cursor[this.#depth - 1];
  }

  set cursor(value: number) {
    this.#cursor[this.#depth - 1] = value;
  }

  push(task: number, node: number, cursor: number): void {
    if (this.#depth === this.#task.length) this.#grow();
    this.#task[this.#depth] = task;
    this.#node[this.#depth] = node;
    this.#cursor[this.#depth++] = cursor;
  }

  pop(): void {
    this.#depth--;
  }

  /** The task on top becomes another one with the same node, from its beginning. */
  become(task: number): void {
    this.#task[this.#depth - 1] = task;
    this.#cursor[this.#depth - 1] = 0;
  }

  #grow(): void {
    const size = this.#task.length * 2;
    const grown = <T extends Uint8Array | Uint32Array>(array: T, larger: T): T => {
      larger.set(array);
      return larger;
    };
    this.#task = grown(this.#task, new Uint8Array(size));
    this.#node = grown(this.#node, new Uint32Array(size));
    this.#cursor = grown(this.#cursor, new Uint32Array(size));
  }
}
