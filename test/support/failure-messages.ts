import {readFileSync} from 'node:fs';

import {parseSync} from '@swc/core';

/** A node of swc's syntax tree, as far as it is of interest here. */
interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly [field: string]: unknown;
}

/**
 * The messages with which the code makes a Failure, as they are written there: `…` stands for what is
 * put in at run time. A message that only adds to another one begins with it, and is left out.
 */
export function failureMessagesIn(file: string): string[] {
  const nodes = [...walk(parseSync(readFileSync(file, 'utf8'), {syntax: 'typescript'}))];
  const messages = nodes
    .filter(({type, callee}) => type === 'NewExpression' && nameOf(callee) === 'Failure')
    .flatMap((made) => {
      const [, message] = made['arguments'] as {expression: Node}[];
      return textsOf(message!.expression, nodes);
    })
    .filter((message) => !message.startsWith('…'));
  return [...new Set(messages)];
}

/** The texts that an expression may stand for; names are looked up in the same file. */
function textsOf(expression: Node, nodes: readonly Node[]): string[] {
  switch (expression.type) {
    case 'StringLiteral':
      return [String(expression.value)];
    case 'TemplateLiteral': {
      const holes = (expression['expressions'] as Node[]).map((hole) => constantOf(hole, nodes));
      const quasis = expression['quasis'] as Node[];
      return [quasis.map(({cooked}, n) => `${String(cooked)}${holes[n] ?? ''}`).join('')];
    }
    case 'ConditionalExpression':
      return [expression['consequent'], expression['alternate']].flatMap((each) =>
        textsOf(each as Node, nodes),
      );
    case 'Identifier':
    case 'MemberExpression': {
      const name = nameOf(expression['property'] ?? expression);
      return nodes
        .filter((node) => isNamed(node, name))
        .flatMap((node) => {
          return textsOf((node['init'] ?? node.value) as Node, nodes);
        });
    }
    default:
      return [];
  }
}

/** What is put in, if it is always the same. */
function constantOf(hole: Node, nodes: readonly Node[]): string {
  const [text, ...others] = hole.type === 'Identifier' ? textsOf(hole, nodes) : [];
  return text === undefined || others.length > 0 ? '…' : text;
}

/** `const name = …` or `{name: …}`. */
function isNamed(node: Node, name: unknown): boolean {
  return node.type === 'VariableDeclarator'
    ? nameOf(node['id']) === name
    : node.type === 'KeyValueProperty' && nameOf(node['key']) === name;
}

function nameOf(node: unknown): unknown {
  return (node as Node | undefined)?.type === 'Identifier' ? (node as Node).value : undefined;
}

function* walk(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  if (!Array.isArray(value)) {
    yield value as Node;
  }
  for (const each of Object.values(value)) {
    yield* walk(each);
  }
}
