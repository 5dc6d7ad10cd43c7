const codes = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  grey: 90,
  brightGreen: 92,
  brightYellow: 93,
  brightBlue: 94,
  brightMagenta: 95,
  brightCyan: 96,
  bold: 1,
} as const;

export type Colour = keyof typeof codes;

/** The text in a colour, where colour may be written. */
export function paint(colour: Colour, text: string, hasColour: boolean): string {
  return hasColour ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}
