// Write src/graphql.ts: each operation of src/**/*.graphql as a typed document, checked against the schema; and
// made/persisted-documents.json: the text that the page means by each, by its hash, which the document carries.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as documentPlugin from '@graphql-codegen/typed-document-node';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import { formatDocument, stringifyDocument } from '@urql/core';
import { parse } from 'graphql';

const web = new URL('..', import.meta.url);
const read = (name) => readFileSync(new URL(name, web), 'utf8');
const documents = globSync('src/**/*.graphql', { cwd: web }).sort();
const texts = {};

/** Note the text of a document as urql would send it, with the names of types that its cache needs. */
function noted(document) {
  const asWritten = JSON.parse(JSON.stringify(document, (key, value) => (key === 'loc' ? undefined : value)));
  const text = stringifyDocument(formatDocument(asWritten));
  const hash = createHash('sha256').update(text).digest('hex');
  texts[hash] = text;
  return { hash };
}

const made = await codegen({
  filename: 'graphql.ts',
  schema: parse(read('../schema.graphql') + read('demo.graphql')),
  documents: documents.map((name) => ({ location: name, document: parse(read(name)) })),
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: { operations: operationsPlugin, documents: documentPlugin },
  config: {
    enumType: 'string-literal',
    skipTypename: true,
    strictScalars: true,
    useTypeImports: true,
    unstable_onExecutableDocumentNode: noted,
    scalars: { Color: 'string', Date: 'string', DateTime: 'string', JSON: 'unknown', TimeZone: 'string' },
  },
});
writeFileSync(new URL('src/graphql.ts', web), `// Made by scripts/types.mjs.\n${made}`);
mkdirSync(new URL('made/', web), { recursive: true });
writeFileSync(new URL('made/persisted-documents.json', web), `${JSON.stringify(texts, null, 2)}\n`);
