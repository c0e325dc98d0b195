// Evaluates expressions with the JMESPath of Powertools for TypeScript, an implementation that shares nothing with
// ours: node jmespath-peer.mjs CASES RESULTS.
import { readFileSync, writeFileSync } from 'node:fs';
import { search } from '@aws-lambda-powertools/jmespath';
import { PowertoolsFunctions } from '@aws-lambda-powertools/jmespath/functions';

const [cases, results] = process.argv.slice(2);

const kinds = {
  LexerError: 'syntax',
  ParseError: 'syntax',
  IncompleteExpressionError: 'syntax',
  EmptyExpressionError: 'syntax',
  UnknownFunctionError: 'unknown-function',
  ArityError: 'invalid-arity',
  VariadicArityError: 'invalid-arity',
  JMESPathTypeError: 'invalid-type',
};

const evaluate = ({ expression, document }) => {
  try {
    // Each gets a document of its own: sort() and reverse() there change what they are given.
    const value = search(expression, JSON.parse(document), { customFunctions: new PowertoolsFunctions() });
    return { value: value === undefined ? null : value };
  } catch (error) {
    return { error: kinds[error.constructor.name] ?? error.constructor.name };
  }
};

writeFileSync(results, JSON.stringify(JSON.parse(readFileSync(cases, 'utf8')).map(evaluate)));
