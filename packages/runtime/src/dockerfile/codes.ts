import type { CodeText } from '@devstead/kit';

/** Every diagnostic about a Dockerfile and what it builds from, with its cause and cure for the reference page. */
export const dockerfileCodes = {
  'dockerfile.unreadable': {
    cause: 'The Dockerfile is missing, cannot be read, or is no text.',
    cure: 'Name it: `devstead image build -f FILE PATH`.',
  },
  'dockerfile.too-large': {
    cause: 'The Dockerfile has more than 1 MiB, 20,000 instructions or 1,000 stages.',
    cure: 'Keep data in files of the context, which COPY brings in.',
  },
  'dockerfile.syntax': {
    cause: 'An instruction is not written as the Dockerfile reference has it.',
    cure: 'Mend the line named; the message says what was expected there.',
  },
  'dockerfile.unknown-instruction': {
    cause: 'There is no such instruction.',
    cure: 'Correct the spelling; a line that belongs to the one before needs a `\\` at the end of that.',
  },
  'dockerfile.unknown-flag': {
    cause: 'The instruction has no such flag.',
    cure: 'Correct its spelling or leave it out.',
  },
  'dockerfile.no-stage': {
    cause: 'The Dockerfile has no FROM, or an instruction other than ARG stands before the first one.',
    cure: 'Begin with `FROM IMAGE`.',
  },
  'dockerfile.unknown-stage': {
    cause: 'A stage that is named is not in the Dockerfile, or comes later than where it is used.',
    cure: 'Name a stage that stands before it: `FROM IMAGE AS NAME`.',
  },
  'dockerfile.unknown-variable': {
    cause: 'A variable in FROM has no value: only an ARG before the first FROM can give it one.',
    cure: 'Write `ARG NAME=VALUE` before the first FROM, or give `--build-arg NAME=VALUE`.',
  },
  'dockerfile.unknown-argument': {
    cause: 'A build argument was given that no ARG of the Dockerfile declares, so that it has no effect.',
    cure: 'Correct its spelling, or declare it: `ARG NAME`.',
  },
  'dockerfile.not-in-context': {
    cause: 'What COPY or ADD takes is not in the context, or `.dockerignore` leaves it out.',
    cure: 'Correct the path, which is from the context’s folder on, or the rules of `.dockerignore`.',
  },
  'dockerfile.not-supported': {
    cause: 'The builder cannot do what the instruction asks for.',
    cure: 'Do it another way, as the hint says.',
  },
  'dockerfile.secret-in-image': {
    cause: 'A secret would stay in a layer or in the history of the image, where everybody who has the image reads it.',
    cure: 'Use `RUN --mount=type=secret,id=NAME` with `--secret id=NAME,src=FILE`, and leave files like `.env` out by `.dockerignore`.',
  },
  'dockerfile.bad-ignore-rule': {
    cause: 'A line of `.dockerignore` is no pattern.',
    cure: 'Mend the line named; brackets need their end, and something must follow a `!`.',
  },
} as const satisfies Record<`dockerfile.${string}`, CodeText>;

export type DockerfileCode = keyof typeof dockerfileCodes;
