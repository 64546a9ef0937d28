import { createServer, type AddressInfo, type Server } from 'node:net';
import { listen, whyNotListening } from '../src/listen';

const servers: Server[] = [];

function newServer(): Server {
  const server = createServer();
  servers.push(server);
  return server;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test('a port that is taken is reported with the name of the variable that holds it', async () => {
  const first = newServer();
  await listen(first, { host: '127.0.0.1', port: 0 }, 'FIRST');
  const { port } = first.address() as AddressInfo;
  await expect(listen(newServer(), { host: '127.0.0.1', port }, 'SECOND')).rejects.toThrow(
    `SECOND: port ${port} of 127.0.0.1 is in use: name a free one, or stop the process that has it.`,
  );
});

test('so are an address of another machine and a host that nobody knows', async () => {
  await expect(listen(newServer(), { host: '192.0.2.1', port: 0 }, 'ADDRESS')).rejects.toThrow(
    'ADDRESS: 192.0.2.1 is not an address of this machine.',
  );
  await expect(listen(newServer(), { host: 'nowhere.invalid', port: 0 }, 'ADDRESS')).rejects.toThrow(
    'ADDRESS: the host nowhere.invalid is not known.',
  );
});

test.each([
  ['Address already in use (os error 98)', 'port 80 of ::1 is in use'],
  ['Permission denied (os error 13)', 'may not listen on port 80'],
  ['Cannot assign requested address (os error 99)', '::1 is not an address of this machine'],
  ['something else', 'cannot listen on ::1:80: Error: something else'],
])('the words of other languages are understood: %s', (said, expected) => {
  expect(whyNotListening(new Error(said), { host: '::1', port: 80 }, 'ADDRESS')).toContain(expected);
});
