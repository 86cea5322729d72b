import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

/** The part of a GraphQL schema that these queries use: their fields with all arguments of those, and nothing else. */
export function graphqlSubset(sdl: string, queries: readonly string[]): string {
  const schema = buildSchema(sdl, { assumeValidSDL: true }); // GitHub writes two fields twice.
  const fields = new Map<string, Set<string>>();
  for (const query of queries) {
    const info = new TypeInfo(schema);
    const Field = (): void => {
      const [parent, field] = [info.getParentType(), info.getFieldDef()];
      if (!parent || !field) throw new Error(`GitHub's schema has no such field: ${query}`);
      fields.set(parent.name, (fields.get(parent.name) ?? new Set()).add(field.name));
    };
    visit(parse(query), visitWithTypeInfo(info, { Field }));
  }
  const printed = new Map<string, string>();
  for (const name of fields.keys()) print(name, { schema, fields, printed });
  return `${[...printed.values()].sort().join("\n\n")}\n`;
}

interface Context {
  readonly schema: GraphQLSchema;
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  readonly printed: Map<string, string>;
}

function print(name: string, context: Context): void {
  const type = context.schema.getType(name);
  if (type === undefined || context.printed.has(name) || isSpecifiedScalarType(type)) return;
  context.printed.set(name, "");
  context.printed.set(name, textOf(type, context));
}

function textOf(type: GraphQLNamedType, context: Context): string {
  const named = (inner: unknown): string => {
    print(getNamedType(inner as GraphQLNamedType).name, context);
    return String(inner);
  };
  if (isScalarType(type)) return `scalar ${type.name}`;
  if (isEnumType(type))
    return `enum ${type.name} {\n${type
      .getValues()
      .map(({ name }) => `  ${name}`)
      .join("\n")}\n}`;
  if (isInputObjectType(type)) {
    const lines = Object.values(type.getFields()).map((field) => `  ${field.name}: ${named(field.type)}`);
    return `input ${type.name} {\n${lines.join("\n")}\n}`;
  }
  if (!isObjectType(type) && !isInterfaceType(type))
    throw new Error(`${type.name} is of a kind that no query has used yet`);
  const used = context.fields.get(type.name) ?? new Set();
  const lines = Object.values(type.getFields())
    .filter(({ name }) => used.has(name))
    .map((field) => {
      const args = field.args.map((each) => `${each.name}: ${named(each.type)}`).join(", ");
      return `  ${field.name}${args === "" ? "" : `(${args})`}: ${named(field.type)}`;
    });
  return `${isInterfaceType(type) ? "interface" : "type"} ${type.name} {\n${lines.join("\n")}\n}`;
}
