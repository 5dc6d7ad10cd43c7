/** What a filter answers (seccomp(2)): the call is made. */
export const letThrough = 0x7fff_0000;

/** What a filter answers: the call is not made and fails with an error number. */
export function errnoAnswer(errno: number): number {
  return 0x0005_0000 | errno;
}

/** A call by its number, with its answer, or with a test of its first argument: `hit` when it is so, else let through. */
export type JudgedCall =
  | { readonly number: number; readonly answer: number }
  | { readonly number: number; readonly test: 'bits' | 'equal'; readonly value: number; readonly hit: number };

interface JudgedArchitecture {
  /** AUDIT_ARCH_* of the calls. */
  readonly audit: number;
  readonly calls: readonly JudgedCall[];
}

/** One instruction: code, how far to jump when true and when false, and its constant. */
type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, constant: number];

// Linux, include/uapi/linux/bpf_common.h.
const load = 0x20;
const jumpEqual = 0x15;
const jumpNotBelow = 0x35;
const jumpBits = 0x45;
const jump = 0x05;
const answerWith = 0x06;

/** Offsets in struct seccomp_data; the low half of the first argument, as both processors are little-endian. */
const place = { number: 0, architecture: 4, firstArgument: 16 };

/**
 * A program of classic BPF (Linux, networking/filter) that finds a call's answer by halving the list of numbers: some
 * nine comparisons, where a list in a row would take hundreds. Numbers that are not named have the answer `otherwise`.
 */
export function compileFilter(architectures: readonly JudgedArchitecture[], otherwise: number): Buffer {
  const instructions = architectures.reduceRight<Instruction[]>(
    (rest, { audit, calls }) => {
      const judged: Instruction[] = [[load, 0, 0, place.number], ...decide(findSpans(calls, otherwise))];
      return [[jumpEqual, 1, 0, audit], [jump, 0, 0, judged.length], ...judged, ...rest];
    },
    [[answerWith, 0, 0, otherwise]],
  );
  const program = Buffer.alloc(8 * (instructions.length + 1));
  for (const [index, [code, whenTrue, whenFalse, constant]] of [
    [load, 0, 0, place.architecture] as const,
    ...instructions,
  ].entries()) {
    program.writeUInt16LE(code, 8 * index);
    program.writeUInt8(whenTrue, 8 * index + 2);
    program.writeUInt8(whenFalse, 8 * index + 3);
    program.writeUInt32LE(constant, 8 * index + 4);
  }
  return program;
}

/** Numbers in a row with the same end: from `first` on, until the next span begins. */
interface Span {
  readonly first: number;
  readonly end: readonly Instruction[];
}

function findSpans(calls: readonly JudgedCall[], otherwise: number): Span[] {
  const sorted = [...calls].sort((a, b) => a.number - b.number);
  const unnamed: readonly Instruction[] = [[answerWith, 0, 0, otherwise]];
  const all = sorted.flatMap((call, index): Span[] => {
    const isLast = sorted[index + 1]?.number !== call.number + 1;
    const own = { first: call.number, end: finish(call) };
    return isLast ? [own, { first: call.number + 1, end: unnamed }] : [own];
  });
  const spans: Span[] = sorted[0]?.number === 0 ? [] : [{ first: 0, end: unnamed }];
  for (const span of all) {
    if (JSON.stringify(spans.at(-1)?.end) !== JSON.stringify(span.end)) spans.push(span);
  }
  return spans;
}

function finish(call: JudgedCall): readonly Instruction[] {
  if ('answer' in call) return [[answerWith, 0, 0, call.answer]];
  return [
    [load, 0, 0, place.firstArgument],
    [call.test === 'bits' ? jumpBits : jumpEqual, 0, 1, call.value],
    [answerWith, 0, 0, call.hit],
    [answerWith, 0, 0, letThrough],
  ];
}

function decide(spans: readonly Span[]): readonly Instruction[] {
  const [first, ...others] = spans;
  if (first === undefined || others.length === 0) return first?.end ?? [];
  const middle = Math.ceil(spans.length / 2);
  const below = decide(spans.slice(0, middle));
  const above = decide(spans.slice(middle));
  // A conditional jump goes at most 255 instructions far, a plain one as far as need be.
  return [[jumpNotBelow, 0, 1, spans[middle]?.first ?? 0], [jump, 0, 0, below.length], ...below, ...above];
}
