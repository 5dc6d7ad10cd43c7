import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTestSettings } from '../environment-variables.ts';
import { createRandom, type Random } from '../random.ts';
import { waitUntil } from '../wait-until.ts';
import { IndexClient } from './index-client.ts';
import { IndexServer, rootPassword } from './index-server.ts';
import { makeWheel } from './make-distribution.ts';

const file = makeWheel({ name: 'fuzzed', version: '1.0' });

/** Forms that are nearly right, sent to a real index. The seed is printed, and DEVSTEAD_KILL_SEED repeats one. */
export function describeUploadFuzz(count: number): void {
  const seed = readTestSettings().killSeed ?? Math.trunc(Date.now() % 1_000_000) + 1;
  describe(`${count} upload forms that are nearly right, with seed ${seed}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'devstead-index-fuzz-'));
    let index: IndexServer;
    beforeAll(async () => {
      process.stdout.write(`upload forms: DEVSTEAD_KILL_SEED=${seed}\n`);
      index = await IndexServer.start({ folder });
    });
    afterAll(async () => {
      await index?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('must be taken or refused, and nothing of the refused ones is kept', async () => {
      const client = new IndexClient(index.address);
      await client.must('PUT', '/root/dev', {});
      const token = await client.logIn();
      const random = createRandom(seed);
      const statuses = new Map<number, number>();
      for (let done = 0; done < count; done += 8) {
        const answers = await Promise.all(
          Array.from({ length: 8 }, () => send(index.port, token, mutate(makeForm(), random))),
        );
        for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      const known = [0, 200, 400, 409, 413, 415];
      expect([...statuses.keys()].filter((status) => !known.includes(status))).toEqual([]);
      // Both ways were gone, or it was not nearly right.
      expect([(statuses.get(200) ?? 0) > 0, (statuses.get(400) ?? 0) > 0]).toEqual([true, true]);
      await client.must('DELETE', '/root/dev');
      const list = (): string[] =>
        readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' }).filter((path) =>
          /(?:^|\/)(?:incoming\/.|[0-9a-f]{64}$)/.test(path),
        );
      await index.stop();
      await index.start();
      await waitUntil(`no content is left, and there is ${list().join(' ')}`, () => list().length === 0);
      expect(await new IndexClient(index.address, `root:${rootPassword}`).must('GET', '/root')).toMatchObject({
        type: 'userconfig',
      });
    });
  });
}

function makeForm(): Buffer {
  const fields = {
    ':action': 'file_upload',
    name: file.name,
    version: file.version,
    filetype: 'bdist_wheel',
    sha256_digest: file.sha256,
  };
  const parts = Object.entries(fields).map(
    ([name, value]) => `--frontier\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--frontier\r\nContent-Disposition: form-data; name="content"; filename="${file.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from(parts.join('') + head), file.content, Buffer.from('\r\n--frontier--\r\n')]);
}

/** One to four changes: another byte, a piece less, a piece twice, a piece of syntax more. */
function mutate(form: Buffer, random: Random): Buffer {
  let bytes: Buffer = form;
  for (let changes = random.below(4) + 1; changes > 0; changes -= 1) {
    // Most of it is content; what is before it is more worth changing.
    const at = random.below(random.pick([bytes.length, Math.min(700, bytes.length)]));
    const length = random.below(60);
    const syntax = Buffer.from(
      random.pick([
        '\r\n',
        '--frontier',
        '--frontier--\r\n',
        '"',
        ';',
        '\0',
        "filename*=utf-8''%",
        'name=',
        '\u0130',
        '../',
        'Content-Transfer-Encoding: base64\r\n',
      ]),
    );
    const middle = random.pick([
      Buffer.from([random.below(256)]),
      Buffer.alloc(0),
      Buffer.concat([bytes.subarray(at, at + length), bytes.subarray(at, at + length)]),
      syntax,
    ]);
    const kept = middle.length > 0 && middle !== syntax ? Math.min(length, middle.length) : length;
    bytes = Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + (middle === syntax ? 0 : kept))]);
  }
  return bytes;
}

/** The status of the answer; 0 when the connection was closed without one. */
function send(port: number, token: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const login = Buffer.from(`root:${token}`).toString('base64');
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /root/dev/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic ${login}\r\n` +
          `Content-Type: multipart/form-data; boundary=frontier\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body);
    });
    let said = '';
    socket.setTimeout(20_000, () =>
      socket.destroy(new Error(`no answer to ${JSON.stringify(body.toString('latin1'))}`)),
    );
    socket.on('data', (data) => {
      said += data.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(0) : reject(error),
    );
    socket.on('close', () => resolve(Number(said.split(' ')[1] ?? 0)));
  });
}
