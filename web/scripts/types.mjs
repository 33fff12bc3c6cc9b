// Write src/graphql.ts: each operation of src/**/*.graphql as a typed document, checked against the schema.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as documentPlugin from '@graphql-codegen/typed-document-node';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const web = new URL('..', import.meta.url);
const read = (name) => readFileSync(new URL(name, web), 'utf8');
const documents = globSync('src/**/*.graphql', { cwd: web }).sort();

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
    scalars: { Color: 'string', Date: 'string', DateTime: 'string', JSON: 'unknown', TimeZone: 'string' },
  },
});
writeFileSync(new URL('src/graphql.ts', web), `// Made by scripts/types.mjs.\n${made}`);
