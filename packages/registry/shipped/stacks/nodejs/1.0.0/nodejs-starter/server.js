import { createServer } from 'node:http';
import { greet } from './greet.js';

const port = Number(process.env.PORT ?? 3000);

createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ message: greet(searchParams.get('name') ?? 'world') }));
}).listen(port, () => console.log(`listening on ${port}`));
