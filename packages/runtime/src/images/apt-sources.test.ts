import { describe, expect, it } from 'vitest';
import { parseDeb822Sources, parseSourcesList, renderSources, sourcesOfMirror } from './apt-sources.ts';

const none = (): undefined => undefined;

describe('parseSourcesList', () => {
  it('keeps what has packages of the release', () => {
    const text = `
# deb http://commented.example bookworm main
deb http://a.example/debian bookworm main contrib # with a comment
deb [signed-by=/k.gpg arch=amd64 check-date=no] https://b.example/debian/ bookworm-security non-free main
deb\thttp://c.example/debian\tbookworm-updates   main
deb-src http://d.example/debian bookworm main
deb http://e.example/debian bullseye main
deb http://f.example/debian bookworm contrib
deb http://g.example/flat ./
deb cdrom:[Debian]/ bookworm main
deb
nonsense
`;
    expect(renderSources(parseSourcesList(text), none)).toEqual([
      'deb http://a.example/debian bookworm main',
      'deb [check-date=no signed-by=/k.gpg] https://b.example/debian/ bookworm-security main',
      'deb http://c.example/debian bookworm-updates main',
    ]);
  });
});

describe('parseDeb822Sources', () => {
  it('reads stanzas with several suites, comments and continuation lines', () => {
    const text = `Types: deb deb-src
# a comment inside
URIs: http://a.example/debian
 http://b.example/debian
Suites: bookworm bookworm-updates trixie
Components: main contrib
Signed-By: /usr/share/keyrings/k.gpg

Enabled: no
Types: deb
URIs: http://c.example/debian
Suites: bookworm
Components: main
   
types: deb
uris: http://d.example/security
suites: bookworm-security
components: main
check-valid-until: no

Types: deb
URIs: http://e.example/cloud
Suites: nodistro
Components: main
`;
    expect(renderSources(parseDeb822Sources(text), none)).toEqual([
      'deb [signed-by=/usr/share/keyrings/k.gpg] http://a.example/debian bookworm main',
      'deb [signed-by=/usr/share/keyrings/k.gpg] http://a.example/debian bookworm-updates main',
      'deb [signed-by=/usr/share/keyrings/k.gpg] http://b.example/debian bookworm main',
      'deb [signed-by=/usr/share/keyrings/k.gpg] http://b.example/debian bookworm-updates main',
      'deb [check-valid-until=no] http://d.example/security bookworm-security main',
    ]);
  });

  it('hands over a key written into the file', () => {
    const text = `Types: deb
URIs: https://a.example/debian
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc=
 -----END PGP PUBLIC KEY BLOCK-----
`;
    const sources = parseDeb822Sources(text);
    expect(sources[0]?.key).toBe('-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc=\n-----END PGP PUBLIC KEY BLOCK-----\n');
    expect(renderSources(sources, () => '/keys/0.asc')).toEqual([
      'deb [signed-by=/keys/0.asc] https://a.example/debian bookworm main',
    ]);
  });
});

describe('renderSources', () => {
  it('names an archive once', () => {
    const sources = [...sourcesOfMirror('http://m.example/debian'), ...sourcesOfMirror('http://m.example/debian')];
    expect(renderSources(sources, none)).toEqual([
      'deb http://m.example/debian bookworm main',
      'deb http://m.example/debian bookworm-updates main',
    ]);
  });
});
