import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { anchorOf, renderMarkdown } from './markdown.ts'

const everywhere = (href: string) => href

const cases = [
  ['a paragraph over two lines', 'one\ntwo', '<p>one\ntwo</p>'],
  [
    'markup as text',
    '<script>x</script> & "y"',
    '<p>&lt;script&gt;x&lt;/script&gt; &amp; &quot;y&quot;</p>',
  ],
  ['code with markup in it', 'a `<b>` c', '<p>a <code>&lt;b&gt;</code> c</p>'],
  [
    'strong, emphasis, both around code',
    '**a `b`** *c*',
    '<p><b>a <code>b</code></b> <i>c</i></p>',
  ],
  ['a link', '[api](api.md#errors)', '<p><a href="api.md#errors">api</a></p>'],
  ['a link with code in it', '[`a`](b)', '<p><a href="b"><code>a</code></a></p>'],
  ['what is escaped', 'login.\\<name>', '<p>login.&lt;name&gt;</p>'],
  [
    'a heading with its anchor',
    '## `If-Match`, and *more*',
    '<h2 id="if-match-and-more"><code>If-Match</code>, and <i>more</i></h2>',
  ],
  ['a list with an entry over two lines', '- a\n  b\n- c', '<ul><li>a\nb</li>\n<li>c</li>\n</ul>'],
  ['a numbered list', '1. a\n2. b', '<ol><li>a</li>\n<li>b</li>\n</ol>'],
  ['a block of code', '```sh\na <b>\n\n# c\n```', '<pre tabindex="0">a &lt;b&gt;\n\n# c</pre>'],
] as const

for (const [what, markdown, expected] of cases) {
  test(`renderMarkdown() renders ${what}`, () => {
    const { body } = renderMarkdown(`# T\n\n${markdown}\n`, everywhere)
    assert.equal(body.markup.trim(), expected)
  })
}

test('renderMarkdown() renders a table, with bars within cells', () => {
  const { body } = renderMarkdown('# T\n\n| a | b |\n|---|---|\n| `x\\|y` | z |\n', everywhere)
  assert.match(body.markup, /<th>a<\/th><th>b<\/th>/)
  assert.match(body.markup, /<td><code>x\|y<\/code><\/td><td>z<\/td>/)
})

test('renderMarkdown() keeps the text of links that lead nowhere from here', () => {
  const { body } = renderMarkdown('# T\n\nsee [the code](../src/main.ts)\n', () => undefined)
  assert.equal(body.markup.trim(), '<p>see the code</p>')
})

test('renderMarkdown() takes any text to its end, and makes no markup but its own of it', () => {
  const line = fc.string({ unit: fc.constantFrom(...'`*|-#[]()<>\\ a1.'), maxLength: 40 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const { body } = renderMarkdown(lines.join('\n'), everywhere)
      const own =
        /<\/?(?:p|b|i|h2|h3|code|pre|ul|ol|li|table|thead|tbody|tr|th|td|div|a)(?: (?:id|href|class|tabindex)="[^"<>]*")*>/g
      assert.doesNotMatch(body.markup.replace(own, ''), /[<>]/)
    }),
    { numRuns: 300 },
  )
})

test('renderMarkdown() leaves no markup of Markdown in what people read', () => {
  for (const file of globSync('docs/**/*.md')) {
    const { title, body } = renderMarkdown(readFileSync(file, 'utf8'), everywhere)
    assert.ok(title.length > 2, file)
    const text = body.markup
      .replace(/<(pre|code)\b[^>]*>[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]*>/g, '')
    assert.doesNotMatch(text, /\]\(|\*\*|```|^\|/m, file)
  }
})

test('anchorOf() names headings as GitHub does', () => {
  assert.equal(
    anchorOf('A page says "blocked by CORS policy"'),
    'a-page-says-blocked-by-cors-policy',
  )
  assert.equal(anchorOf('`$filter` & more'), 'filter--more')
})
