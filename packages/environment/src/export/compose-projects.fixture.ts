import fc from 'fast-check';

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/);
/** Texts that YAML or interpolation could take for something else; `$` is doubled as a file has it. */
const text = fc
  .oneof(
    fc.string({ maxLength: 10 }),
    fc.constantFrom('yes', '0777', '1e3', '~', '$HOME ${X}', 'a: b', "it's", 'one\ntwo\n', ' x ', '1:20', '2020-01-01'),
  )
  .filter((value) => !/[\0\ud800-\udfff]/.test(value))
  .map((value) => value.replaceAll('$', '$$$$'));
const word = fc.constantFrom('a', 'b-c', 'X', '1000');
const path = fc.stringMatching(/^(\/[a-z]{1,5}){1,3}$/);
const variables = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,5}$/), text, { maxKeys: 3 });
const words = fc.uniqueArray(word, { maxLength: 2 });
const duration = fc.constantFrom('1s', '1500ms', '2m');

const service = fc.record(
  {
    image: fc.constantFrom('docker.io/library/redis:7', 'x'),
    build: fc.option(
      fc.record(
        {
          context: fc.constantFrom('.', './sub', '../beside', 'https://git.example.com/a.git'),
          dockerfile: fc.constantFrom('Dockerfile', 'dev.Dockerfile'),
          target: word,
          args: variables,
        },
        { requiredKeys: ['context'] },
      ),
      { nil: undefined },
    ),
    entrypoint: fc.array(text, { minLength: 1, maxLength: 2 }),
    command: fc.array(text, { minLength: 1, maxLength: 3 }),
    environment: variables,
    user: fc.constantFrom('1000', 'root:root'),
    group_add: words,
    working_dir: path,
    init: fc.boolean(),
    read_only: fc.boolean(),
    privileged: fc.boolean(),
    cap_add: fc.constant(['SYS_PTRACE']),
    cap_drop: fc.constant(['ALL']),
    security_opt: fc.constant(['no-new-privileges:true']),
    hostname: word,
    extra_hosts: fc.constant(['a=10.0.0.1', 'a=10.0.0.2', 'b=host-gateway']),
    dns: fc.constant(['9.9.9.9']),
    dns_search: fc.constant(['example.com']),
    healthcheck: fc.record(
      {
        test: fc.oneof(
          fc.constant(['CMD', 'true']),
          text.filter((line) => line !== ''),
        ),
        interval: duration,
        timeout: duration,
        retries: fc.nat(5),
        start_period: duration,
        disable: fc.boolean(),
      },
      { requiredKeys: ['test'] },
    ),
    restart: fc.constantFrom('no', 'always', 'on-failure:3', 'unless-stopped'),
    stop_signal: fc.constant('SIGINT'),
    stop_grace_period: duration,
    shm_size: fc.constant('64m'),
    pids_limit: fc.constant(100),
    ulimits: fc.constant({ nofile: { soft: 1, hard: 2 }, nproc: 3 }),
    sysctls: fc.constant({ 'net.core.somaxconn': '1024' }),
    labels: fc.dictionary(fc.constantFrom('com.example.a', 'b'), text),
    ports: fc.uniqueArray(
      fc.constantFrom('80', '8080:80', '127.0.0.1:81:81', '53:53/udp', '[::1]:82:82', {
        target: 90,
        name: 'web',
        published: '91',
      }),
      { maxLength: 3 },
    ),
    expose: fc.uniqueArray(fc.constantFrom('3000', '3001-3003', '5/udp'), { maxLength: 2 }),
    volumes: fc.uniqueArray(
      fc.constantFrom<string | object>(
        'data:/data',
        'data:/ro:ro',
        './src:/src',
        '.:/app:ro',
        '/etc/hosts:/h:ro',
        '/anonymous',
        { type: 'bind', source: './x', target: '/x' },
        { type: 'volume', source: 'data', target: '/sub', volume: { subpath: 'a' } },
        { type: 'tmpfs', target: '/t', tmpfs: { size: 1048576, mode: 448 } },
      ),
      { maxLength: 4 },
    ),
    tmpfs: fc.constant(['/run:size=1m']),
    secrets: fc.constant([{ source: 'token', target: 'tok', mode: '0440', uid: '1' }]),
    configs: fc.constant(['settings']),
    deploy: fc.constant({
      resources: { limits: { cpus: '1.5', memory: '512M' }, reservations: { cpus: '0.25', memory: '1K' } },
    }),
    networks: fc.constant({ front: { aliases: ['x', 'y'], ipv4_address: '10.5.0.4' }, default: null }),
    scale: fc.constantFrom(0, 1, 3),
    pull_policy: fc.constantFrom('always', 'never'),
    profiles: fc.constant(['debug']),
    develop: fc.constant({
      watch: [
        { path: './src', action: 'sync', target: '/src', ignore: ['node_modules/'] },
        { path: './lock', action: 'rebuild' },
      ],
    }),
  },
  { requiredKeys: ['image'] },
);

/** Compose projects as JSON, which is YAML; every service depends on the one before it. */
export const anyComposeText: fc.Arbitrary<string> = fc
  .uniqueArray(
    fc.tuple(name, service, fc.constantFrom('service_started', 'service_healthy', 'service_completed_successfully')),
    {
      minLength: 1,
      maxLength: 3,
      selector: ([id]) => id,
    },
  )
  .map((services) => {
    const entries = services.map(([id, fields, condition], index) => {
      const { build, ...plain } = fields;
      const before = services[index - 1];
      const needs =
        before === undefined ? {} : { depends_on: { [before[0]]: { condition, required: index % 2 === 0 } } };
      return [id, { ...plain, ...(build === undefined ? {} : { build }), ...needs }];
    });
    return JSON.stringify({
      name: 'any-project',
      services: Object.fromEntries(entries),
      volumes: { data: { name: 'somewhere', labels: { a: 'b' } }, unused: {} },
      networks: { front: { internal: true, ipam: { config: [{ subnet: '10.5.0.0/24' }] } } },
      secrets: { token: { file: './token.txt' } },
      configs: { settings: { content: 'a=$$b\n' } },
    });
  });
