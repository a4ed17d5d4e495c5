import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

// What is compared never runs at the same time, so both sides of the comparison get the very same core.
const cores = { front: 0, connector: 1, application: 2, client: 3 } as const

/** Whether there are cores enough for each process to have one of its own. */
export const pinned: boolean = availableParallelism() >= Object.keys(cores).length

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** The command line that runs `command` on the core of that role, if there are enough cores. */
export function onCore(role: keyof typeof cores, command: readonly string[]): string[] {
  return pinned ? ['taskset', '-c', String(cores[role]), ...command] : [...command]
}

/** User and system time that all threads of a process have used so far, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // proc(5): pid (name) state …; user and system time are fields 14 and 15; the name may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
