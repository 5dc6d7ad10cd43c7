/** What an instruction takes (Dockerfile reference). */
export interface InstructionRow {
  /** Flags; `many` may be given more than once. */
  readonly flags: Readonly<Record<string, 'once' | 'many' | 'refused'>>;
  /** At least so many words, and at most. */
  readonly words: readonly [least: number, most: number];
  /** What is expected, for the message. */
  readonly form: string;
}

const any = Number.POSITIVE_INFINITY;
const none = {} as const;

/** Every instruction. A flag that is `refused` is one of BuildKit's that no builder here has. */
export const instructionTable: Readonly<Record<string, InstructionRow>> = {
  FROM: { flags: { platform: 'once' }, words: [1, 3], form: 'FROM IMAGE [AS NAME]' },
  RUN: {
    flags: { mount: 'many', network: 'once', security: 'refused', device: 'refused' },
    words: [1, any],
    form: 'RUN COMMAND',
  },
  COPY: {
    flags: { from: 'once', chown: 'once', chmod: 'once', link: 'once', parents: 'refused', exclude: 'refused' },
    words: [2, any],
    form: 'COPY SOURCE... PLACE',
  },
  ADD: {
    flags: {
      chown: 'once',
      chmod: 'once',
      link: 'once',
      checksum: 'refused',
      'keep-git-dir': 'refused',
      exclude: 'refused',
      unpack: 'refused',
    },
    words: [2, any],
    form: 'ADD SOURCE... PLACE',
  },
  CMD: { flags: none, words: [0, any], form: 'CMD ["PROGRAM", "WORD"...]' },
  ENTRYPOINT: { flags: none, words: [0, any], form: 'ENTRYPOINT ["PROGRAM", "WORD"...]' },
  ENV: { flags: none, words: [1, any], form: 'ENV NAME=VALUE...' },
  LABEL: { flags: none, words: [1, any], form: 'LABEL NAME=VALUE...' },
  ARG: { flags: none, words: [1, any], form: 'ARG NAME[=VALUE]' },
  EXPOSE: { flags: none, words: [1, any], form: 'EXPOSE PORT[/PROTOCOL]...' },
  VOLUME: { flags: none, words: [1, any], form: 'VOLUME PATH...' },
  USER: { flags: none, words: [1, 1], form: 'USER NAME[:GROUP]' },
  WORKDIR: { flags: none, words: [1, any], form: 'WORKDIR PATH' },
  STOPSIGNAL: { flags: none, words: [1, 1], form: 'STOPSIGNAL SIGNAL' },
  SHELL: { flags: none, words: [1, any], form: 'SHELL ["PROGRAM", "WORD"...]' },
  HEALTHCHECK: {
    flags: { interval: 'once', timeout: 'once', 'start-period': 'once', 'start-interval': 'once', retries: 'once' },
    words: [1, any],
    form: 'HEALTHCHECK [--interval=…] CMD COMMAND, or HEALTHCHECK NONE',
  },
  ONBUILD: { flags: none, words: [1, any], form: 'ONBUILD INSTRUCTION' },
  MAINTAINER: { flags: none, words: [1, any], form: 'MAINTAINER NAME' },
};
