/** Markup that is ready for the page. Only this file turns text into it, so nothing is unescaped. */
export interface Markup {
  readonly html: string;
}

type Part = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template tag: the literal parts are markup, the values are text, unless they are Markup. */
export function markup(literals: TemplateStringsArray, ...values: Part[]): Markup {
  const parts = values.map((value, index) => toHtml(value) + (literals[index + 1] ?? ''));
  return {html: (literals[0] ?? '') + parts.join('')};
}

/** Trusted markup from a file of this repository. */
export function trusted(html: string): Markup {
  return {html};
}

/** Text from the log: isolated, so that right-to-left marks in a name stay inside it. */
export function quoted(text: string): Markup {
  return markup`<bdi>${text}</bdi>`;
}

/**
 * Data as JSON for a `<script type="application/json">`: nothing in it can end the script
 * element, and it stays valid where it is read as JavaScript.
 */
export function embedJson(value: unknown): Markup {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return {html: json};
}

function toHtml(value: Part): string {
  if (typeof value === 'string') {
    return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  }
  if (typeof value === 'number') {
    return String(value);
  }
  return 'html' in value ? value.html : value.map(({html}) => html).join('');
}
