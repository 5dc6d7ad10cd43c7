/** A sequence that sets a colour or style (ECMA-48, SGR). */
const style = /\u001b\[[0-9;:]*m/g;
/** C0 but tab, DEL and C1, and the marks that turn the direction of writing or end a line. */
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A line that a program printed, safe for any terminal: colours stay where they are wanted, every other control character
 * is shown as an escape and does nothing.
 */
export function harmlessText(line: string, keepsColour: boolean): string {
  const text = line.replace(/\r+$/, '');
  let isStyled = false;
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(style)) {
    parts.push(escapeControls(text.slice(from, match.index)));
    if (keepsColour) parts.push(match[0]);
    isStyled = true;
    from = match.index + match[0].length;
  }
  parts.push(escapeControls(text.slice(from)));
  if (isStyled && keepsColour) parts.push('\u001b[0m');
  return parts.join('');
}

function escapeControls(text: string): string {
  return text.replace(controls, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
