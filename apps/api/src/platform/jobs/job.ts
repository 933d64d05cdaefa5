/** Work that runs again and again in the background. It is registered with `Jobs`, and nothing else runs on a timer. */
export interface Job {
  /** Names the job in the log, in metrics and in `job_claims`: lower case, as `usage.midnight`. */
  name: string;
  /** A run begins at the start of each period, by the clock of the database. */
  everySeconds: number;
  /**
   * `cluster`: one process runs it in each period, and claims the period in the database. `process`: every process runs
   * it, because what it works on is claimed row by row, or is the process's own.
   */
  runsIn: 'cluster' | 'process';
  /**
   * A run that takes longer hangs: that is logged and counted, its signal aborts, and another process may run the job.
   * So work that is cut off, or done twice at once, must do no harm.
   */
  limitSeconds: number;
  /** Whether this process runs it at all. */
  enabled: boolean;
  /**
   * Does what is due. What it throws is logged and counted as a failure, and the job is tried again after a moment.
   *
   * @param signal aborts when the process stops, or when the run has taken too long
   * @returns a line for the log, or null when there was nothing worth one
   */
  run(signal: AbortSignal): Promise<string | null>;
}
