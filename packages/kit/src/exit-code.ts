/** The exit codes of every command but `run` and `exec`, which return the command's own. */
export const exitCode = {
  done: 0,
  /** The input was judged and found bad. */
  bad: 1,
  /** Wrong usage, or an input that cannot be read. */
  usage: 2,
  /** Something was not looked at, so nothing can be said. */
  incomplete: 3,
  /** The machine lacks something. */
  machine: 4,
  /** Our own failure while running a user's command. */
  ownFailure: 125,
  interrupted: 130,
} as const;
