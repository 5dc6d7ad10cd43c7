/** An entry of a tar archive as a test wants it, honest or not. */
export interface TarItem {
  readonly path: string;
  /** Type flag: `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder. Default: file. */
  readonly flag?: string;
  readonly content?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly device?: readonly [number, number];
}

/** A tar archive (ustar) with just these entries, in this order; nothing is checked. */
export function makeTar(items: readonly TarItem[]): Buffer {
  return Buffer.concat([...items.flatMap(makeEntry), Buffer.alloc(1024)]);
}

function makeEntry(item: TarItem): Buffer[] {
  const { path, flag = '0', content = '', link = '', mode = 0o755, uid = 0, gid = 0, device = [0, 0] } = item;
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    header.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  header.write(path, 0, 100);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(body.length, 124, 12);
  octal(1_600_000_000, 136, 12);
  header.fill(' ', 148, 156);
  header.write(flag, 156);
  header.write(link, 157, 100);
  header.write('ustar\u000000', 257, 'latin1');
  octal(device[0], 329, 8);
  octal(device[1], 337, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
