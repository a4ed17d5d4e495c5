const kinds = [
  ['Pages and answers of the edge', 'An answer of the edge'],
  ['Signing in', 'A reason in [the sign-in log]'],
  ['Findings of the doctor', 'A finding of [the doctor]'],
  ['Answers of the management API', 'An answer of the [management API]'],
  ['What is wrong with an input', 'A problem of an input'],
  ['Between connector and edge', 'Between connector and edge'],
  ['The command line', 'Said by [the command line]'],
] as const

const intro = `# Error codes

Every error has a code: on the error page, as \`error.code\` in JSON, as \`innerError.code\` and in \`details\` of the management API, in the
logs, and first on the line of the command line. Codes stay the same; branch on them, never on sentences. Each has a page that says
what happened, who can put it right, and how.

- Error pages link to theirs (*What this means*), JSON has \`helpUrl\`. The edge's login host serves them itself, so that the link works
  where there is no internet.
- \`sallyport errors show <code>\` prints one, \`sallyport errors list\` names them all.
- With a request id there is more: \`sallyport requests show <id>\` tells every decision about that request
  ([live-requests.md](../live-requests.md)).

The names in the commands (\`Shop\`, \`api\`, \`ann@contoso.com\`) stand for yours. A code that means the same in several places stands here
under each.
`

/** docs/errors/README.md, from the pages by code. */
export function writeErrorIndex(pages: ReadonlyMap<string, string>): string {
  const sections = kinds.map(([title, mark]) => {
    const rows = [...pages]
      .filter(([, text]) => text.includes(`\n${mark}`))
      .map(
        ([code, text]) => `| [\`${code}\`](${code}.md) | ${/^# `[^`]+`: (.*)$/m.exec(text)?.[1]} |`,
      )
    return `## ${title}\n\n| code | |\n|---|---|\n${rows.join('\n')}\n`
  })
  return [intro, ...sections].join('\n')
}
