import { z } from 'zod'

export type JsonSchema = Readonly<Record<string, unknown>>

const place = '#/components/schemas/'

/** Every named shape, for `components/schemas`. */
export function namedSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    ...{ target: 'draft-2020-12', unrepresentable: 'any', io: 'output' },
    uri: (id) => `${place}${id}`,
    override: ({ jsonSchema }) => opened(jsonSchema),
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: _id, ...schema }]) => [id, schema]),
  )
}

/** One shape: by its name where it has one. What is sent may be annotated, what is answered may grow. */
export function jsonSchemaOf(shape: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const id = z.globalRegistry.get(shape)?.id
  if (io === 'output' && id !== undefined) return { $ref: `${place}${id}` }
  if (shape instanceof z.ZodUnion) {
    return { anyOf: shape.options.map((each) => jsonSchemaOf(each as z.ZodType, io)) }
  }
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    ...{ target: 'draft-2020-12', unrepresentable: 'any', io },
    override: ({ jsonSchema }) => (io === 'input' ? annotated(jsonSchema) : opened(jsonSchema)),
  })
  return schema
}

function opened(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties
  plain(schema)
}

// OData: clients may annotate what they send (shape/body.ts).
function annotated(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false) {
    schema.patternProperties = { '^@odata\\.|@odata\\.(type|context)$': {} }
  }
  plain(schema)
}

// A format says it better than the expression that checks it.
function plain(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format === 'date-time' || schema.format === 'uri') delete schema.pattern
}
