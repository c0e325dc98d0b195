// Runs functions under Powertools for TypeScript, on a table that we use too, as the lines of its standard input say:
//   node powertools-peer.mjs '{"endpoint": ..., "table": {"tableName": ..., "keyAttr": ..., ...}}'
//   {"do": "call", "name": ..., "payload": ..., "options": {...}, "function": {"returns" | "throws": ..., "waits": true}}
//   {"do": "go", "name": ...}    a function that waits goes on
//   {"do": "clock", "now": ms}   stops the clock there; null lets it run
// It answers with lines: {"name", "event": "started" | "returned" | "failed", ...}.
import { createInterface } from 'node:readline';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const { endpoint, table } = JSON.parse(process.argv[2]);

const client = new DynamoDBClient({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
});

const RunningDate = Date;
let stopped = null;
globalThis.Date = class extends RunningDate {
  constructor(...parts) {
    if (parts.length === 0 && stopped !== null) super(stopped);
    else super(...parts);
  }

  static now() {
    return stopped ?? RunningDate.now();
  }
};

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

// A layer takes its settings from the first call that uses it: each set of settings has its own, with its own cache.
const layers = new Map();
const layerFor = (settings) => {
  const key = JSON.stringify(settings);
  if (!layers.has(key)) layers.set(key, new DynamoDBPersistenceLayer({ ...table, awsSdkV3Client: client }));
  return layers.get(key);
};

const waiting = new Map();
const went = new Set();
const toGo = (name) =>
  went.delete(name) ? Promise.resolve() : new Promise((resolve) => waiting.set(name, resolve));

const go = (name) => {
  if (waiting.has(name)) waiting.get(name)();
  else went.add(name);
  waiting.delete(name);
};

const call = async ({ name, payload, options, function: body }) => {
  const { remainingMilliseconds, keyPrefix, ...settings } = options;
  const config = new IdempotencyConfig(settings);
  if (remainingMilliseconds !== undefined)
    config.registerLambdaContext({ getRemainingTimeInMillis: () => remainingMilliseconds });

  const run = async () => {
    say({ name, event: 'started' });
    if (body.waits) await toGo(name);
    if (body.throws !== undefined) throw new Error(body.throws);
    return body.returns;
  };

  try {
    const persistenceStore = layerFor({ ...settings, keyPrefix });
    const value = await makeIdempotent(run, { persistenceStore, config, keyPrefix })(payload);
    say({ name, event: 'returned', value });
  } catch (error) {
    say({ name, event: 'failed', error: error.name, message: error.message, cause: error.cause?.name });
  }
};

const obey = (order) => {
  if (order.do === 'call') call(order);
  else if (order.do === 'go') go(order.name);
  else if (order.do === 'clock') stopped = order.now;
  else throw new Error(`What is ${order.do}?`);
};

createInterface({ input: process.stdin })
  .on('line', (line) => obey(JSON.parse(line)))
  .on('close', () => process.exit(0));

say({ event: 'ready' });
