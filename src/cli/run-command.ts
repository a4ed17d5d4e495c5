import { Api } from './api.ts'
import type { Command } from './command.ts'
import type { Input } from './command-parser.ts'
import type { ConnectionFlags } from './connection.ts'
import { Output } from './output.ts'
import type { Services, Session } from './session.ts'
import type { Surroundings } from './surroundings.ts'
import { cleanBlock } from './text.ts'

/** Runs one command, then says which revision it made, or what it would have called. */
export async function runCommand(
  command: Command,
  input: Input,
  surroundings: Surroundings,
  services: Services,
): Promise<void> {
  const dryRun = input['dryRun'] === true
  const out = new Output(surroundings, {
    json: input['json'] === true,
    quiet: input['quiet'] === true,
    dryRun,
  })
  // The parser has filled these by the options' own types.
  const connection = input as ConnectionFlags
  const trace = (line: string): void =>
    void (input['debug'] === true && surroundings.stderr.write(`· ${cleanBlock(line)}\n`))
  const api = new Api({
    // HTTPS and what belongs to it are loaded behind the first word.
    connect: async () => (await import('./connection.ts')).connect(connection, surroundings),
    // Asked for when there is something to break off: while files are read Ctrl-C simply ends the process.
    get signal() {
      return surroundings.signal
    },
    reason: typeof input['reason'] === 'string' ? input['reason'] : undefined,
    dryRun,
    trace,
    // In a log it would be noise.
    waiting: (text) => void (surroundings.stderr.isTTY === true && out.progress(text)),
  })
  const yes = input['yes'] === true
  const session: Session = { api, out, surroundings, connection, yes, services }
  try {
    await command.run(session, input)
    if (dryRun && !command.plansItself) out.plan(api.planned)
    else sayRevision(session)
  } finally {
    out.end()
    await api.close()
  }
}

function sayRevision({ api, out }: Session): void {
  const last = api.revisions.at(-1)
  if (last === undefined || out.isJson) return
  const numbers = api.revisions.join(', ')
  const word = api.revisions.length === 1 ? 'Revision' : 'Revisions'
  out.say(`  ${word} ${numbers}: sallyport revisions show ${last} --diff`)
  out.say(`  Undo:  sallyport revisions rollback ${last}`)
}
