import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { startPostgres } from '../support/postgres';
import { startSimulator } from '../../src/simulator';
import { TICKET_COLUMNS } from '../../src/destinations/columns';

const TYPES: Record<string,string> = { integer:'bigint', number:'double precision', boolean:'boolean', text:'text', time:'timestamptz', json:'jsonb', integers:'bigint[]', texts:'text[]' };
const cols = Object.entries(TICKET_COLUMNS);
const ext = (n: string, t: string, src='t'): string => {
  const v = `${src}->'${n}'`, s = `${src}->>'${n}'`;
  switch (t) {
    case 'text': return `CASE jsonb_typeof(${v}) WHEN 'string' THEN ${s} END`;
    case 'integer': return `CASE jsonb_typeof(${v}) WHEN 'number' THEN (${s})::numeric::bigint END`;
    case 'number': return `CASE jsonb_typeof(${v}) WHEN 'number' THEN (${s})::float8 END`;
    case 'boolean': return `CASE jsonb_typeof(${v}) WHEN 'boolean' THEN (${s})::bool END`;
    case 'time': return `CASE jsonb_typeof(${v}) WHEN 'string' THEN (${s})::timestamptz END`;
    case 'json': return `${v}`;
    case 'integers': return `CASE jsonb_typeof(${v}) WHEN 'array' THEN ARRAY(SELECT x::bigint FROM jsonb_array_elements_text(${v}) x) END`;
    default: return `CASE jsonb_typeof(${v}) WHEN 'array' THEN ARRAY(SELECT x FROM jsonb_array_elements_text(${v}) x) END`;
  }
};
const ext2 = (n: string, t: string): string => {
  const s = `(r)."${n}"`;
  switch (t) {
    case 'text': return s;
    case 'integer': return `CASE WHEN ${s} ~ '^-?\\d{1,18}$' THEN ${s}::bigint END`;
    case 'number': return `CASE WHEN ${s} ~ '^-?\\d{1,18}(\\.\\d{1,18})?$' THEN ${s}::float8 END`;
    case 'boolean': return `CASE WHEN ${s} IN ('true','false') THEN ${s}::bool END`;
    case 'time': return `CASE WHEN ${s} ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' THEN ${s}::timestamptz END`;
    case 'json': return `${s}`;
    default: return `CASE WHEN jsonb_typeof(${s})='array' THEN '{1,2}'::${TYPES[t]} END`;
  }
};
test('bench', async () => {
  const s = await startPostgres({ fsync: 'on' });
  const c = new Client(s.url()); await c.connect();
  const sim = await startSimulator({ tickets: 20000, ticketBytes: 2900 });
  const pages: {id:number;g:number;json:string}[][] = [];
  let cur: {id:number;g:number;json:string}[] = [];
  for (const t of sim.newestVersions()) { cur.push({id:t.id,g:t.generatedTimestamp,json:t.json()}); if (cur.length===1000) {pages.push(cur);cur=[];} }
  console.log('bytes', pages[0]!.reduce((a,b)=>a+b.json.length,0)/1000);
  await c.query(`CREATE FUNCTION try_jsonb(x text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN x::jsonb; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$`);
  await c.query(`CREATE TYPE tt AS (${cols.map(([n,t])=>`"${n}" ${['json','integers','texts'].includes(t)?'jsonb':'text'}`).join(',')})`);
  const mk = async () => { await c.query(`DROP TABLE IF EXISTS tickets`); await c.query(`CREATE TABLE tickets (subdomain text, id bigint, generated_timestamp bigint, deleted boolean, ${cols.map(([n,t])=>`"${n}" ${TYPES[t]}`).join(',')}, ticket jsonb not null, primary key (subdomain,id))`); if (process.env.LZ4) for (const k of ['ticket','custom_fields','description']) await c.query(`ALTER TABLE tickets ALTER ${k} SET COMPRESSION lz4`); };
  const upd = `ON CONFLICT (subdomain,id) DO UPDATE SET generated_timestamp=excluded.generated_timestamp, ticket=excluded.ticket, ${cols.map(([n])=>`"${n}"=excluded."${n}"`).join(',')} WHERE excluded.generated_timestamp > tickets.generated_timestamp OR excluded.generated_timestamp = tickets.generated_timestamp AND excluded.ticket <> tickets.ticket`;
  const run = async (name: string, f: (p: typeof cur) => Promise<unknown>, n=60) => {
    await mk();
    const ts: number[] = [];
    for (const p of pages.slice(0,n)) { const t0=performance.now(); await c.query('BEGIN'); await f(p); await c.query('COMMIT'); ts.push(performance.now()-t0); }
    const tot=ts.reduce((a,b)=>a+b,0)/ts.length; ts.sort((a,b)=>a-b);
    const t1=performance.now(); await c.query('BEGIN'); await f(pages[0]!); await c.query('COMMIT');
    console.log(name, 'mean', tot.toFixed(1), 'median', ts[ts.length>>1]!.toFixed(1), 'repeat', (performance.now()-t1).toFixed(1));
  };
  const args = (p: typeof cur) => ['acme', p.map(x=>x.id), p.map(x=>x.g), p.map(()=>false), p.map(x=>x.json).join('\n')];
  const src = `(SELECT id, g, d, JS AS t FROM ROWS FROM (unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bool[]), string_to_table($5, E'\\n')) AS q(id,g,d,j) OFFSET 0)`;
  const insCols = `INSERT INTO tickets (subdomain,id,generated_timestamp,deleted,${cols.map(([n])=>`"${n}"`).join(',')},ticket)`;
  for (const [nm, js] of [['cast','j::jsonb'],['try','try_jsonb(j)']] as const) {
    const q = `${insCols} SELECT $1,id,g,d,${cols.map(([n,t])=>ext(n,t)).join(',')},t FROM ${src.replace('JS',js)} z ${upd}`;
    await run('unnest+CASE '+nm, p=>c.query(q,args(p)));
    const q2 = `${insCols} SELECT $1,id,g,d,${cols.map(([n,t])=>ext2(n,t)).join(',')},t FROM (SELECT *, jsonb_populate_record(NULL::tt, t) AS r FROM ${src.replace('JS',js)} y OFFSET 0) z ${upd}`;
    await run('unnest+populate '+nm, p=>c.query(q2,args(p)));
  }
  await run('only parse', p=>c.query(`SELECT count(jsonb_typeof(t)), $1::text FROM ${src.replace('JS','j::jsonb')} z`, args(p)));
  await run('only send', p=>c.query(`SELECT count(j), $1::text FROM ${src.replace('JS AS t','j')} z`, args(p)));
  await run('jsonb only', p=>c.query(`INSERT INTO tickets (subdomain,id,generated_timestamp,deleted,ticket) SELECT $1,id,g,d,t FROM ${src.replace('JS','j::jsonb')} z ON CONFLICT DO NOTHING`, args(p)));
  await run('CASE no insert', p=>c.query(`SELECT count(x) FROM (SELECT $1, ROW(${cols.map(([n,t])=>ext(n,t)).join(',')}) x FROM ${src.replace('JS','j::jsonb')} z OFFSET 0) y`, args(p)));
  await run('populate no insert', p=>c.query(`SELECT count(x) FROM (SELECT $1, ROW(${cols.map(([n,t])=>ext2(n,t)).join(',')}) x FROM (SELECT *, jsonb_populate_record(NULL::tt, t) AS r FROM ${src.replace('JS','j::jsonb')} y OFFSET 0) z OFFSET 0) y`, args(p)));
  // staging
  await c.query(`CREATE TEMP TABLE staged (id bigint, g bigint, d boolean, j text) ON COMMIT DELETE ROWS`);
  await c.query(`ALTER TABLE staged ALTER j SET STORAGE EXTERNAL`);
  const q3 = `${insCols} SELECT 'acme',id,g,d,${cols.map(([n,t])=>ext(n,t)).join(',')},t FROM (SELECT id,g,d,try_jsonb(j) t FROM staged OFFSET 0) z ${upd}`;
  await run('COPY ext + CASE', async p=>{ 
    const st = c.query(copyFrom(`COPY staged FROM STDIN`));
    await pipeline(Readable.from([p.map(x=>`${x.id}\t${x.g}\tf\t${x.json.replaceAll('\\','\\\\')}\n`).join('')]), st);
    await c.query(q3); });
  await c.end(); await s.stop(); await sim.close();
}, 200000);
