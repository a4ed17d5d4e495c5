#!/usr/bin/env node
import { runCommandLine } from './run/command-line.ts'
import { countBuffersAsHeap, letHeapGrow } from './run/heap.ts'

countBuffersAsHeap()
letHeapGrow()

// Timers and pools that are still open have nothing left to do once the command is over.
process.exit(await runCommandLine(process.argv.slice(2)))
