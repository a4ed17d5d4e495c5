import type { CorsRefusals } from './counted-refusals.ts'
import type { Directory } from './directory.ts'
import type { CorsRefusalRow } from './schema.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

type Methods = Pick<Directory, 'corsRefusals' | 'addCorsRefusals'>

// Real pages call from a few origins; whoever makes up more of them drives out their own oldest ones.
const maxKindsPerApplication = 500

/** The directory's methods about refused cross-origin calls. Neither audited nor part of its version. */
export function corsRefusalMethods(store: Store): Methods {
  return {
    corsRefusals: (applicationId) => store.read((rows) => list(rows, applicationId)),
    async addCorsRefusals(counts) {
      if (counts.length === 0) return
      await store.storage.write((rows) => add(rows, counts))
    },
  }
}

async function list(
  rows: Rows,
  applicationId: string | undefined,
): Promise<readonly CorsRefusals[]> {
  const all = rows.selectFrom('cors_refusal').selectAll().orderBy('last_at', 'desc')
  const found = applicationId === undefined ? all : all.where('application_id', '=', applicationId)
  return (await found.execute()).map(toCorsRefusals)
}

async function add(rows: Rows, counts: readonly CorsRefusals[]): Promise<void> {
  const present = await presentApplications(rows, counts)
  for (const count of counts) {
    if (!present.has(count.applicationId)) continue
    const row = toRow(count)
    await rows
      .insertInto('cors_refusal')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns([
            ...(['application_id', 'segment_id', 'origin', 'method'] as const),
            ...(['headers', 'code', 'rule_id', 'mode'] as const),
          ])
          .doUpdateSet((now) => ({
            count: now('cors_refusal.count', '+', row.count),
            last_at: row.last_at,
          })),
      )
      .execute()
  }
  for (const id of present) await dropOldest(rows, id)
}

// One may have been deleted since its call was refused.
async function presentApplications(
  rows: Rows,
  counts: readonly CorsRefusals[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(counts.map((count) => count.applicationId))]
  const found = await rows.selectFrom('application').select('id').where('id', 'in', ids).execute()
  return new Set(found.map((row) => row.id))
}

async function dropOldest(rows: Rows, applicationId: string): Promise<void> {
  const mine = rows.selectFrom('cors_refusal').where('application_id', '=', applicationId)
  const oldest = await mine
    .select('last_at')
    .orderBy('last_at', 'desc')
    .offset(maxKindsPerApplication)
    .limit(1)
    .executeTakeFirst()
  if (!oldest) return
  await rows
    .deleteFrom('cors_refusal')
    .where('application_id', '=', applicationId)
    .where('last_at', '<=', oldest.last_at)
    .execute()
}

function toRow(count: CorsRefusals): CorsRefusalRow {
  const { applicationId, segmentId, ruleId, headers, firstAt, lastAt, ...same } = count
  const place = { application_id: applicationId, segment_id: segmentId ?? '' }
  const times = { first_at: firstAt, last_at: lastAt }
  return { ...same, ...place, headers: headers.join(','), rule_id: ruleId ?? '', ...times }
}

function toCorsRefusals(row: CorsRefusalRow): CorsRefusals {
  return {
    applicationId: row.application_id,
    segmentId: row.segment_id === '' ? undefined : row.segment_id,
    origin: row.origin,
    method: row.method,
    headers: row.headers === '' ? [] : row.headers.split(','),
    code: row.code,
    ruleId: row.rule_id === '' ? undefined : row.rule_id,
    mode: row.mode,
    count: Number(row.count),
    firstAt: row.first_at,
    lastAt: row.last_at,
  }
}
