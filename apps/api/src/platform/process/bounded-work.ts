import fastq from 'fastq';

type Work = () => Promise<unknown>;

interface Bounds {
  /** How many pieces of work are under way at once. */
  atOnce: number;
  /** How many wait for their turn. */
  waiting: number;
}

/** Work of which only so much is done at once in this process. A short line waits; what comes on top is refused at once. */
export class BoundedWork {
  private readonly queue: fastq.queueAsPromised<Work, unknown>;

  constructor(
    private readonly bounds: Bounds,
    /** What is thrown when the line is full. */
    private readonly refusal: () => Error,
  ) {
    this.queue = fastq.promise((work: Work) => work(), bounds.atOnce);
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.queue.length() >= this.bounds.waiting) return Promise.reject(this.refusal());
    return this.queue.push(work) as Promise<T>;
  }
}
