import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MachineChange, makeWritable, withoutTun, withTun } from '../src/private-machine.ts';
import { explainNoUser, ThrowAwayUser } from '../src/throw-away-user.ts';

interface Requirement {
  readonly id: string;
  readonly state: string;
  readonly found: string;
  readonly fix?: string;
}

type Call = Parameters<ThrowAwayUser['run']>[1];

interface Piece {
  /** What is missing. */
  readonly name: string;
  readonly id: string;
  readonly state: 'missing' | 'warn';
  /** How it is taken away. */
  readonly call: (user: ThrowAwayUser) => NonNullable<Call>;
  readonly fix: (user: ThrowAwayUser) => string | RegExp;
  /** With the commands of the remedy carried out, it is there again; absent: cannot be tried without a network. */
  readonly mended?: (call: NonNullable<Call>, fix: string) => Call;
}

/** The remedy is carried out where the piece was taken away, as an administrator. */
const asAdministrator: Piece['mended'] = (call, fix) => ({
  ...call,
  machine: [...(call.machine ?? []), fix.replace(/^sudo /, '')],
});

const withoutProgram = (name: string, debianPackage: string): Piece => ({
  name,
  id: `program.${name}`,
  state: 'missing',
  call: () => ({ machine: [...makeWritable('/usr/bin'), `rm /usr/bin/${name}`] }),
  fix: () => `sudo apt-get install --yes --no-install-recommends ${debianPackage}`,
});

const withoutRows = (name: string, edit: string, options: RegExp): Piece => ({
  name,
  id: 'namespaces.ids',
  state: 'missing',
  call: (user) => ({ machine: [...makeWritable('/etc'), edit.replaceAll('USER', user.name)] }),
  fix: (user) => new RegExp(`^sudo usermod ${options.source} ${user.name}$`),
  mended: asAdministrator,
});

/**
 * A user namespace for the call in which root's ids and all others are themselves: settings that the kernel keeps for
 * each are changed for it alone.
 */
const inOwnNamespace = (setting: string): MachineChange => [
  ...makeWritable('/etc'),
  'for file in /etc/subuid /etc/subgid; do echo root:0:2000000000 >> $file; done',
  `set -- unshare --user --map-users=0,0,2000000000 --map-groups=0,0,2000000000 sh -c '${setting} && exec "$@"' sh "$@"`,
];

const noNamespaces = 'echo 0 > /proc/sys/user/max_user_namespaces';
const both = /--add-subuids \d+-\d+ --add-subgids \d+-\d+/;

const pieces: readonly Piece[] = [
  withoutProgram('crun', 'crun'),
  withoutProgram('conmon', 'conmon'),
  withoutProgram('newuidmap', 'uidmap'),
  withoutProgram('newgidmap', 'uidmap'),
  withoutRows('rows in /etc/subuid and /etc/subgid', 'sed -i "/^USER:/d" /etc/subuid /etc/subgid', both),
  withoutRows('a row in /etc/subgid alone', 'sed -i "/^USER:/d" /etc/subgid', /--add-subgids \d+-\d+/),
  withoutRows('enough ids', 'sed -i -E "s/^(USER:[0-9]+):.*/\\1:1000/" /etc/subuid /etc/subgid', both),
  {
    name: 'user namespaces',
    id: 'namespaces.user',
    state: 'missing',
    call: () => ({ machine: inOwnNamespace(noNamespaces) }),
    fix: () => 'sudo sysctl -w user.max_user_namespaces=15000',
    mended: (_call, fix) => ({
      machine: inOwnNamespace(`${noNamespaces} && ${fix.replace(/^sudo /, '')} >/dev/null`),
    }),
  },
  {
    name: 'the rights of newuidmap',
    id: 'namespaces.user',
    state: 'missing',
    call: () => ({ machine: [...makeWritable('/usr/bin'), 'chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap'] }),
    fix: () => 'sudo chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap',
    mended: asAdministrator,
  },
  {
    name: 'a session that may gain rights',
    id: 'namespaces.user',
    state: 'missing',
    call: () => ({ rights: ['--no-new-privs'] }),
    fix: () => /no_new_privs/,
    mended: () => ({}),
  },
  {
    name: 'a file system for overlays',
    id: 'mounts.overlay',
    state: 'missing',
    call: (user) => ({ machine: makeWritable(user.root) }),
    fix: (user) => new RegExp(`^export DEVSTEAD_HOME=/\\S+/devstead-${user.name}$`),
    mended: (call, fix) => ({ ...call, env: { DEVSTEAD_HOME: fix.slice('export DEVSTEAD_HOME='.length) } }),
  },
  {
    name: 'a home that the sandbox may enter',
    id: 'folders.open',
    state: 'missing',
    call: (user) => ({ machine: [...makeWritable('/home'), `chgrp games ${user.root}`, `chmod 0750 ${user.root}`] }),
    fix: (user) => `sudo chmod o+x ${user.root}`,
    mended: asAdministrator,
  },
  {
    name: 'a network device',
    id: 'network.tun',
    state: 'warn',
    call: () => ({ machine: withoutTun }),
    fix: () => "sudo sh -c 'mkdir -p /dev/net && mknod -m 0666 /dev/net/tun c 10 200'",
    mended: asAdministrator,
  },
  {
    name: 'the right to open the network device',
    id: 'network.tun',
    state: 'warn',
    call: () => ({ machine: [...withTun, 'chmod 0600 /dev/net/tun'] }),
    fix: () => 'sudo chmod 0666 /dev/net/tun',
    mended: asAdministrator,
  },
  {
    name: 'a session folder of one’s own',
    id: 'session.runtime-folder',
    state: 'warn',
    call: () => ({ env: { XDG_RUNTIME_DIR: '/root' } }),
    fix: () => 'unset XDG_RUNTIME_DIR',
    mended: () => ({}),
  },
];

const reason = explainNoUser();

describe.skipIf(reason !== undefined)(
  `doctor, for a user${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let user: ThrowAwayUser;
    beforeAll(() => {
      user = new ThrowAwayUser();
    });
    afterAll(async () => {
      await user.remove();
    });

    const ask = async (call: Call): Promise<readonly Requirement[]> => {
      const { stdout, stderr } = await user.run(['doctor', '--output', 'json'], call);
      if (stdout === '') throw new Error(stderr);
      return (JSON.parse(stdout) as { requirements: readonly Requirement[] }).requirements;
    };
    const find = (requirements: readonly Requirement[], id: string): Requirement | undefined =>
      requirements.find((one) => one.id === id);

    it('finds nothing missing on this machine', async () => {
      const found = await ask({ machine: withTun });
      expect(found.filter(({ state }) => state === 'missing')).toEqual([]);
      expect(find(found, 'network.tun')?.state).toBe('ok');
    });

    it.each(pieces)('says that $name is missing, and what mends it', async ({ id, state, call, fix, mended }) => {
      const missing = find(await ask(call(user)), id);
      const wanted = fix(user);
      expect(missing).toMatchObject({
        state,
        fix: typeof wanted === 'string' ? wanted : (expect.stringMatching(wanted) as string),
      });
      if (mended !== undefined) expect(find(await ask(mended(call(user), missing?.fix ?? '')), id)?.state).toBe('ok');
    });

    it('says that perl is missing, without which nothing is tried', async () => {
      const found = await ask({ machine: [...makeWritable('/usr/bin'), 'rm /usr/bin/perl'] });
      expect(find(found, 'program.perl')).toMatchObject({
        state: 'missing',
        fix: 'sudo apt-get install --yes --no-install-recommends perl-base',
      });
      expect(find(found, 'namespaces.user')?.state).toBe('missing');
    });

    it('says how the ids that images were made with come back', async () => {
      await ask({});
      const call = {
        machine: [...makeWritable('/etc'), `sed -i "s/^${user.name}:.*/${user.name}:900000000:65536/" /etc/subuid`],
      };
      const missing = find(await ask(call), 'namespaces.ids');
      expect(missing?.state).toBe('missing');
      const mended = { machine: [...call.machine, (missing?.fix ?? '').replace(/^sudo /, '')] };
      const found = await ask(mended);
      expect(found.filter(({ id, state }) => /^(namespaces|mounts)/.test(id) && state !== 'ok')).toEqual([]);
    });
  },
);
