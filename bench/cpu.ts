import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** What a process is for. What is compared never runs at the same time, so both sides of a comparison share a core. */
export type Role = 'front' | 'inside' | 'application' | 'client'

// The core that everything is judged by is never shared; the fewer cores, the more the others share.
const placesByCount: readonly Readonly<Record<Role, number>>[] = [
  { front: 0, inside: 1, application: 1, client: 1 },
  { front: 0, inside: 1, application: 2, client: 2 },
  { front: 0, inside: 1, application: 2, client: 3 },
]

const allowed = allowedCores()
const places = placesByCount[Math.min(allowed.length, 4) - 2]

/** Who stands on which core, in words. */
export const placement: string = places
  ? Object.entries(places)
      .map(([role, place]) => `${role} on core ${allowed[place]}`)
      .join(', ')
  : 'all on the one core there is'

const kibibyte = 1024
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** The command line that runs `command` on the core of that role, if there are cores to choose from. */
export function onCore(role: Role, command: readonly string[]): string[] {
  return places ? ['taskset', '-c', String(allowed[places[role]]), ...command] : [...command]
}

/** User and system time that all live processes of a group have used so far, in seconds. */
export function cpuSecondsOf(group: number): number {
  const ticks = groupStats(group).map((fields) => Number(fields[11]) + Number(fields[12]))
  return sum(ticks) / ticksPerSecond
}

/** Resident memory of a group in bytes, now. Pages that processes share count for each. */
export function residentBytesOf(group: number): number {
  return sum(membersOf(group).map((pid) => statusBytes(pid, 'VmRSS')))
}

/** The most resident memory since `forgetPeak`, in bytes. */
export function peakBytesOf(group: number): number {
  return sum(membersOf(group).map((pid) => statusBytes(pid, 'VmHWM')))
}

/** Starts the peak anew. */
export function forgetPeak(group: number): void {
  // proc(5), clear_refs: 5 resets the peak resident set size.
  for (const pid of membersOf(group)) ifAlive(() => writeFileSync(`/proc/${pid}/clear_refs`, '5'))
}

/** The cores this process may run on; a container is often not given the first ones. */
function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'latin1')
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status)?.[1] ?? ''
  return parseCoreList(list)
}

/** cpuset(7), list format: `0-2,5`. */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

function membersOf(group: number): string[] {
  return groupStats(group).map((fields) => fields.at(-1) as string)
}

/** Fields 3 and on of proc(5) `stat` of each live process in the group; its id stands behind them. */
function groupStats(group: number): string[][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter((fields) => Number(fields[2]) === group && fields[0] !== 'Z')
}

function readStat(pid: string): string[] {
  const stat = ifAlive(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (stat === undefined) return []
  // proc(5): pid (name) state …; the name may hold spaces and brackets.
  return [...stat.slice(stat.lastIndexOf(')') + 2).split(' '), pid]
}

function statusBytes(pid: string, field: 'VmRSS' | 'VmHWM'): number {
  const status = ifAlive(() => readFileSync(`/proc/${pid}/status`, 'latin1')) ?? ''
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * kibibyte
}

/** Undefined if the process ended while we looked. */
function ifAlive<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // proc(5): a process that is gone has no folder, or one whose files cannot be read any more.
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
